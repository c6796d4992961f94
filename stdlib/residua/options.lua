-- Checks tables of options: an unknown name or a wrong type is an error that says what there is.

local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")
local text = require("residua.text")

local M = {}

local LONGEST <const> = 80 -- characters of a string in a message

local function fail(level, format, ...)
  error(format:format(...), level + 1)
end

-- The name of a native type or of a class in Lua: "Model", "Disparity"; nil for other values.
local function class_of(value)
  local meta = getmetatable(value)
  local name = type(value) == "userdata" and meta or type(value) == "table" and type(meta) == "table" and meta.__name
  return type(name) == "string" and name or nil
end

-- What a value is, for messages: "nil", "4.5", "string", "Model".
local function described(value)
  return class_of(value) or type(value) == "number" and ("%.14g"):format(value) or type(value)
end

--- Returns a value as a message shows it, in one short line: strings and numbers themselves, the type of all else.
---@param value any
---@return string
---@example
---local options = require("residua.options")
---assert(options.shown("eng") == "eng" and options.shown(2) == "2" and options.shown({}) == "table")
function M.shown(value)
  return type(value) == "string" and text.cut(value:gsub("%c", " "), LONGEST) or described(value)
end

-- The type that a spec asks for: "number", "number|string", a class; any when it starts with "any".
local function has_type(value, types)
  if types:find("^any") then
    return true
  end
  for wanted in types:gmatch("[%w_]+") do
    if type(value) == wanted or class_of(value) == wanted or math.type(value) == wanted then
      return true
    end
  end
  return false
end

-- 4.0 is as good as 4 where an integer is wanted.
local function as_wanted(value, types)
  return math.type(value) == "float" and not has_type(value, types) and math.tointeger(value) or value
end

-- What a table of options could look like, to whom gave one value instead: ", such as { bits = ... }".
local function example_of(spec, given)
  local names = sorted_keys(spec)
  local shown = names[1]
  for _, name in ipairs(names) do
    if spec[name].required or spec[name][1] ~= "any" and has_type(given, spec[name][1]) then
      shown = name
      break
    end
  end
  return shown and (", such as { %s = ... }"):format(shown) or ""
end

--- Returns a copy of `given` with defaults filled in. `spec` maps each option to { types, default },
--- such as `bits = { "integer", 4 }`; an option without default may be absent, unless `required` is set, to true or to
--- what to do. Where an integer is wanted, 4.0 becomes 4. Errors blame the caller of the function that
--- checks its options.
---@param where string  name of that function
---@param given? table
---@param spec table<string, table>
---@param level? integer  stack level to blame; 3 by default
---@return table
---@example
---local options = require("residua.options")
---assert(options.check("f", { bits = 3 }, { bits = { "integer", 4 }, per = { "string", "tensor" } }).per == "tensor")
function M.check(where, given, spec, level)
  level = (level or 3)
  if given ~= nil and type(given) ~= "table" then
    fail(level, "%s: a table of options expected%s, got %s", where, example_of(spec, given), described(given))
  end
  local checked = {}
  for _, name in ipairs(sorted_keys(given or {}, true)) do
    if not spec[name] then
      local names = sorted_keys(spec)
      fail(level, "%s: unknown option '%s'%s; options are %s", where, M.shown(name),
        spelling.did_you_mean(M.shown(name), names), table.concat(names, ", "))
    end
    local value, types = as_wanted(given[name], spec[name][1]), spec[name][1]
    if not has_type(value, types) then
      fail(level, "%s: option '%s' must be %s, got %s", where, name, types:gsub("|", " or "), described(value))
    end
    checked[name] = value
  end
  for _, name in ipairs(sorted_keys(spec)) do
    local entry = spec[name]
    if checked[name] == nil and entry.required then
      local remedy = type(entry.required) == "string" and "; " .. entry.required or ""
      fail(level, "%s: option '%s' is missing%s", where, name, remedy)
    elseif checked[name] == nil then
      checked[name] = entry[2]
    end
  end
  return checked
end

--- Checks the type of an argument; an error names it.
---@param where string  name of the function
---@param name string  of the argument
---@param value any
---@param types string  as in the spec of `check`, such as "number|string"
---@param level? integer  stack level to blame; 3 by default
---@example
---local options = require("residua.options")
---assert(not pcall(options.argument, "f", "n", "many", "integer"))
function M.argument(where, name, value, types, level)
  if not has_type(value, types) then
    fail(level or 3, "%s: %s must be %s, got %s", where, name, types:gsub("|", " or "), described(value))
  end
end

--- Checks that an argument is a list of at least one number, all finite; an error names it and the item.
---@param where string  name of the function
---@param name string  of the argument
---@param list number[]
---@param level? integer  stack level to blame; 3 by default
---@example
---local options = require("residua.options")
---assert(not pcall(options.numbers, "f", "values", { 1, "two" }))
function M.numbers(where, name, list, level)
  level = level or 3
  if type(list) ~= "table" or #list == 0 then
    fail(level, "%s: %s must be a list of at least one number", where, name)
  end
  for item, value in ipairs(list) do
    if type(value) ~= "number" then
      fail(level, "%s: %s: item %d must be a number, got %s", where, name, item, type(value))
    elseif value - value ~= 0 then
      fail(level, "%s: %s: item %d is not finite; leave it out, or find out why", where, name, item)
    end
  end
end

--- Returns a value that must be one of some names; an error names the nearest.
---@param where string  name of the function
---@param option string
---@param value any
---@param names string[]
---@param level? integer  stack level to blame; 3 by default
---@return string
---@example
---local options = require("residua.options")
---assert(options.one_of("f", "per", "row", { "row", "column" }) == "row")
function M.one_of(where, option, value, names, level)
  for _, name in ipairs(names) do
    if name == value then
      return value
    end
  end
  fail(level or 3, "%s: unknown %s '%s'%s, expected one of: %s", where, option, M.shown(value),
    spelling.did_you_mean(M.shown(value), names), table.concat(names, ", "))
end

return M
