-- Pages of the library's experiments: `?S-003`, and of their families: `?studies`.

local library = require("residua.library")
local render = require("residua.help.render")
local sorted_keys = require("residua.sorted_keys")
local text = require("residua.text")
local verdict = require("residua.verdict")

local M = {}

local function read(path)
  local file <close> = io.open(path)
  return file and file:read("a")
end

local function predictions(declared)
  local lines = {}
  for i, name in ipairs(sorted_keys(declared.predicts)) do
    local prediction = declared.predicts[name]
    lines[i] = text.wrap(("%s: %s (%s)"):format(name, prediction.text, verdict.criterion(prediction)), 80, "  ")
  end
  return table.concat(lines, "\n")
end

-- "4", or what it is in the sizes that differ: "4 (quick 2, full 96)".
local function param_rows(declared)
  local rows = {}
  for i, name in ipairs(sorted_keys(declared.params)) do
    local sizes = {}
    for _, size in ipairs { "quick", "full" } do
      local value = (declared[size] or {})[name]
      sizes[#sizes + 1] = value ~= nil and ("%s %s"):format(size, tostring(value)) or nil
    end
    local value = tostring(declared.params[name])
    rows[i] = { name, #sizes > 0 and ("%s (%s)"):format(value, table.concat(sizes, ", ")) or value }
  end
  return rows
end

local function experiment_page(id)
  local declared, path = library.load(id), library.path(id)
  local parts = { ("%s  %s\n%s"):format(declared.id, declared.title, declared.asks), library.method(id),
    "Predictions\n" .. predictions(declared) }
  if next(declared.params) then
    parts[#parts + 1] = "Parameters\n" .. render.list(param_rows(declared))
  end
  parts[#parts + 1] = ("residua run %s   %s"):format(id, path)
  return table.concat(parts, "\n\n")
end

local function family_page(family)
  local rows = {}
  for i, id in ipairs(library.family(family)) do
    local ok, declared = pcall(library.load, id)
    rows[i] = { id, ok and declared.title or "cannot be loaded: " .. tostring(declared) }
  end
  local page = read(library.folder() .. family .. "/README.md") or family .. "\n"
  return page .. "\nExperiments\n" .. render.list(rows)
end

--- Returns the ids of the library's experiments.
---@return string[]
---@example
---assert(#require("residua.help.experiments").ids() > 30)
function M.ids()
  return library.find("all")
end

--- Returns the page of an experiment, or of a family of them.
---@param name string  "S-003", "exp"
---@return string? page  nil where the library has none of that name
---@example
---local experiments = require("residua.help.experiments")
---assert(experiments.page("t-004"):find("Residual propagation", 1, true))
---assert(experiments.page("s"):find("S-003", 1, true) and not experiments.page("quant"))
function M.page(name)
  if #library.family(name) > 0 then
    return family_page(name)
  end
  local ok, ids = pcall(library.find, name)
  return ok and #ids == 1 and ids[1]:lower() == name:lower() and experiment_page(ids[1]) or nil
end

return M
