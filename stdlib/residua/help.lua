-- Help on values, names and words. `help(x)` shows the documentation of a function, module, object, experiment or name.
local experiments = require("residua.help.experiments")
local lookup = require("residua.help.lookup")
local names = require("residua.help.names")
local objects = require("residua.help.objects")
local render = require("residua.help.render")
local sorted_keys = require("residua.sorted_keys")
local source = require("residua.help.source")
local spelling = require("residua.spelling")
local values = require("residua.help.values")

local M = {}

local last_traceback

local function holds(s, words)
  for word in words:gmatch("%S+") do
    if not s:lower():find(word:lower(), 1, true) then
      return false
    end
  end
  return true
end

-- Entries whose name holds all the words come before those whose text does.
local function search(words)
  local rows, others = {}, {}
  for _, entry in ipairs(lookup.index()) do
    local row = { entry.name, entry.doc.summary }
    if holds(entry.name, words) then
      rows[#rows + 1] = row
    elseif holds(entry.raw or "", words) then
      others[#others + 1] = row
    end
  end
  return table.move(others, 1, #others, #rows + 1, rows)
end

-- A documented function of the index by its full name: methods of Lua classes have no global path.
local function indexed(name)
  local known = {}
  for index, entry in ipairs(lookup.index()) do
    if entry.name == name or entry.name:gsub(":", ".") == name:gsub(":", ".") then
      return entry
    end
    known[index] = entry.name
  end
  return nil, known
end

-- All that has a page: functions, modules, types, classes, experiments.
local function subjects(known)
  for _, list in ipairs { names.modules(), sorted_keys(lookup.types()), sorted_keys(lookup.classes()),
    experiments.ids() } do
    table.move(list, 1, #list, #known + 1, known)
  end
  return known
end

local named

function named(name)
  local value = lookup.value(name)
  if value ~= nil and (type(value) == "table" or type(value) == "function"
    or type(value) == "userdata") then
    return values.page(value)
  end
  local page = experiments.page(name)
  if page then
    return page
  end
  if lookup.classes()[name] then
    return objects.page(name)
  end
  local entry, known = indexed(name)
  if entry then
    return render.entry(entry)
  end
  local rows = search(name)
  if #rows == 0 then
    local near = spelling.did_you_mean(name, subjects(known))
    return nil, ("nothing found for '%s'%s"):format(name, near ~= "" and near
      or "; help() and residua doc list the modules")
  end
  if #rows == 1 then
    return named(rows[1][1])
  end
  local shown = table.move(rows, 1, 40, 1, {})
  local rest = #rows > 40 and ("\n  and %d more"):format(#rows - 40) or ""
  return ("Search for '%s'\n"):format(name) .. render.list(shown) .. rest
end

--- Returns what `help(x)` shows.
---@param x any  a function, module, object, name ("quant.int", "Tensor:matmul"), experiment ("S-003"), family of
---  experiments ("studies") or word to search
---@return string? page  nil where nothing is found
---@return string? message
---@example
---local help = require("residua.help")
---assert(help.page(help.page):find("Parameters", 1, true))
function M.page(x)
  if x == nil then
    return values.overview()
  elseif type(x) == "string" then
    return named(x)
  end
  return values.page(x)
end

--- Returns the documentation of a function as written, without dashes.
---@param f function  native or Lua
---@return string? text  nil where it has none
---@example
---local help = require("residua.help")
---assert(help.text(help.text):find("@param f function", 1, true) and not help.text(next))
function M.text(f)
  local entry = lookup.entry(f)
  return entry and entry.raw
end

--- Returns the documentation of a function in parts.
---@param f function  native or Lua
---@return residua.help.Doc? doc  nil where it has none
---@example
---local help = require("residua.help")
---assert(help.doc(help.doc).params[1].name == "f")
function M.doc(f)
  local entry = lookup.entry(f)
  return entry and entry.raw and entry.doc or nil
end

--- Returns the code of the examples of a function, each a chunk that can be run.
---@param f function|string  native or Lua function, or documentation
---@return string[]
---@example
---local help = require("residua.help")
---assert(#help.examples(help.examples) == 1)
function M.examples(f)
  local raw = type(f) == "string" and f or M.text(f)
  return raw and source.parse(raw).examples or {}
end

--- Returns all public functions of the library, native ones included, with their documentation.
---@return residua.help.Entry[]
---@example
---local help = require("residua.help")
---for _, entry in ipairs(help.index()) do assert(entry.raw, entry.name) end
function M.index()
  return lookup.index()
end

--- Shows where the last error of the session came from, call by call.
function M.traceback()
  print(last_traceback or "no error yet")
end

--- Keeps the traceback that `help.traceback` shows.
---@param traceback string
function M.remember(traceback)
  last_traceback = traceback
end

--- Shows the documentation of a function, module or object, or of what a name or word finds.
---@param x? any  a value, a name ("quant.int", "Tensor:matmul"), a word to search, or nothing
local function show(_, x)
  local page, message = M.page(x)
  print(page or message)
end

return setmetatable(M, { __call = show })
