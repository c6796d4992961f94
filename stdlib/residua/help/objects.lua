-- Pages of types and classes: what an object is, its fields, its methods.
local lookup = require("residua.help.lookup")
local render = require("residua.help.render")
local sorted_keys = require("residua.sorted_keys")
local source = require("residua.help.source")

local M = {}

local function summary_of(value)
  if type(value) == "function" then
    local entry = lookup.entry(value)
    return entry and entry.doc.summary or ""
  end
  return type(value) == "table" and "table" or tostring(value)
end

--- Returns one row per public member of a table: its name, with the arguments of a function, and what it is.
---@param members table
---@param prefix string  of the names
---@return {[1]: string, [2]: string}[]
---@example
---local rows = require("residua.help.objects").member_rows({ b = 1, a = 2, _c = 3 }, "t.")
---assert(#rows == 2 and rows[1][1] == "t.a")
function M.member_rows(members, prefix)
  local rows = {}
  lookup.natives() -- loads the modules whose methods in Lua are members of native types
  for _, key in ipairs(sorted_keys(members)) do
    local value = members[key]
    if not key:find("^_") then
      local entry = type(value) == "function" and lookup.entry(value)
      local args = entry and entry.args or "..."
      local call = type(value) == "function" and ("(%s)"):format(args) or ""
      rows[#rows + 1] = { prefix .. key .. call, entry and entry.doc.summary or summary_of(value) }
    end
  end
  table.sort(rows, function(a, b)
    return a[1] < b[1]
  end)
  return rows
end

local function operator_rows(name)
  local rows = {}
  local found = lookup.types()[name]
  for _, operator in ipairs(found and found.operators or {}) do
    rows[#rows + 1] = { operator.name, source.parse(operator.doc).summary }
  end
  return rows
end

-- Rows of the methods of a class in Lua, which need not be loaded.
local function class_rows(name)
  local rows = {}
  for _, entry in ipairs(lookup.index()) do
    if entry.name:sub(1, #name + 1) == name .. ":" then
      rows[#rows + 1] = { ("%s(%s)"):format(entry.name, entry.args), entry.doc.summary }
    end
  end
  return rows
end

--- Returns the page of a type or class: what it is, its fields, its methods.
---@param name string
---@param methods? table  of a native type, or of an object at hand
---@return string
---@example
---assert(require("residua.help.objects").page("Loss"):find("Loss:by(axis?)", 1, true))
function M.page(name, methods)
  local parts, class = { name }, lookup.classes()[name]
  local rows, operators = methods and M.member_rows(methods, name .. ":") or class_rows(name), operator_rows(name)
  table.move(operators, 1, #operators, #rows + 1, rows)
  if class then
    parts[2] = render.prose(class.text, "  ")
    parts[3] = #class.fields > 0 and render.fields("Fields", class.fields) or nil
  end
  parts[#parts + 1] = #rows > 0 and "Methods\n" .. render.list(rows) or nil
  return table.concat(parts, "\n\n")
end

return M
