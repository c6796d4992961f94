-- Shows Lua values in a session: strings quoted, tables short and aligned, nested one level.
local aligned = require("residua.aligned")
local cells = require("residua.report.cells")
local lookup = require("residua.help.lookup")
local names = require("residua.help.names")
local sorted_keys = require("residua.sorted_keys")
local terminal = require("residua.terminal")
local text = require("residua.text")

local M = {}

local MAX_KEYS <const> = 1000 -- collected from one table
local MAX_ROWS <const> = 40
local MAX_INLINE <const> = 12 -- elements of a nested table

local function quoted(s)
  return (("%q"):format(s):gsub("\\\n", "\\n"):gsub("\\9", "\\t"))
end

local function has_text(value)
  local meta = debug.getmetatable(value)
  return type(meta) == "table" and (rawget(meta, "__tostring") or rawget(meta, "__name"))
end

local function function_text(f)
  local entry = lookup.entry(f)
  return entry and ("function %s(%s)"):format(entry.name, entry.args) or tostring(f)
end

-- Anything but a plain table.
local function scalar(value)
  if type(value) == "string" then
    return quoted(value)
  elseif type(value) == "function" then
    return function_text(value)
  end
  return tostring(value)
end

local function is_plain(value)
  return type(value) == "table" and not has_text(value)
end

-- An effect inside of another value shows as in tables: "2.5 [2, 3]", or why it is refused.
local function is_effect(value)
  return is_plain(value) and (cells.is_effect(value) or type(value.refused) == "string")
end

-- Keys in order: the list part, then names, then the rest; and whether there are more.
local function keys_of(t)
  local length = math.min(rawlen(t), MAX_KEYS)
  local keys, others, count = {}, {}, 0
  for index = 1, length do
    keys[index] = index
  end
  local more = rawlen(t) > length
  for key in next, t do
    local listed = math.type(key) == "integer" and key >= 1 and key <= rawlen(t)
    if not listed then
      if length + count >= MAX_KEYS then
        more = true
        break
      end
      others[key], count = true, count + 1
    end
  end
  others = sorted_keys(others, true)
  return table.move(others, 1, #others, #keys + 1, keys), length, more
end

local function key_text(key)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") then
    return key
  end
  return "[" .. scalar(key) .. "]"
end

local inline

-- A value inside of a table.
local function inner(value, depth)
  return is_effect(value) and cells.text(value) or inline(value, depth)
end

local function item_text(t, key, length, depth)
  local value = inner(rawget(t, key), depth - 1)
  local listed = math.type(key) == "integer" and key >= 1 and key <= length
  return listed and value or key_text(key) .. " = " .. value
end

-- A value on one line; tables deeper than `depth` are shown as {...}.
function inline(value, depth)
  if not is_plain(value) then
    local shown = scalar(value):gsub("\n.*", " …")
    return shown
  elseif next(value) == nil then
    return "{}"
  elseif depth < 0 then
    return "{...}"
  end
  local keys, length, more = keys_of(value)
  local items = {}
  for index = 1, math.min(#keys, MAX_INLINE) do
    items[index] = item_text(value, keys[index], length, depth)
  end
  if more or #keys > MAX_INLINE then
    items[#items + 1] = "..."
  end
  return "{ " .. table.concat(items, ", ") .. " }"
end

-- The fields of a list whose tables all have the same named plain ones: such a list shows as rows.
local function record_fields(t)
  local first = rawget(t, 1)
  if rawlen(t) < 2 or not is_plain(first) or rawlen(first) > 0 then
    return nil
  end
  local fields = keys_of(first)
  for index = 1, math.min(rawlen(t), MAX_ROWS) do
    local row = rawget(t, index)
    if not is_plain(row) or #keys_of(row) ~= #fields then
      return nil
    end
    for _, field in ipairs(fields) do
      local value = rawget(row, field)
      if type(field) ~= "string" or value == nil or is_plain(value) and not is_effect(value) then
        return nil
      end
    end
  end
  return #fields > 0 and fields or nil
end

local function rest_line(count)
  return count > 0 and ("\n... %d more"):format(count) or ""
end

local function records(t, fields)
  local rows = {}
  for index = 1, math.min(rawlen(t), MAX_ROWS) do
    rows[index] = {}
    for column, field in ipairs(fields) do
      local value = rawget(t, index)[field]
      rows[index][column] = is_effect(value) and cells.text(value) or value
    end
  end
  return aligned(rows, { header = fields }) .. rest_line(rawlen(t) - #rows)
end

-- One key per line, the values aligned.
local function block(t, keys, length, more, width)
  local heads, widest = {}, 0
  local count = math.min(#keys, MAX_ROWS)
  for index = 1, count do
    heads[index] = key_text(keys[index])
    widest = math.max(widest, math.min(text.width(heads[index]), 30))
  end
  local lines = { "{" }
  for index = 1, count do
    local value = inner(rawget(t, keys[index]), 0)
    local listed = keys[index] == index and index <= length
    local head = listed and "" or text.pad(heads[index], widest) .. " = "
    lines[#lines + 1] = text.cut("  " .. head .. value, width)
  end
  if more or #keys > count then
    lines[#lines + 1] = more and "  ... and more" or ("  ... %d more"):format(#keys - count)
  end
  return table.concat(lines, "\n") .. "\n}"
end

-- A long list of short values fills lines.
local function filled(t, keys, length, more, width)
  if #keys ~= length then
    return nil
  end
  local items = {}
  for index = 1, math.min(length, 200) do
    local value = rawget(t, index)
    local breaks = type(value) == "string" and value:find("%s")
    if breaks or type(value) ~= "number" and type(value) ~= "string" then
      return nil
    end
    items[index] = scalar(value)
  end
  local rest = more and ", ... and more" or length > 200 and (", ... %d more"):format(length - 200)
  return text.wrap("{ " .. table.concat(items, ", ") .. (rest or "") .. " }", width)
end

--- Returns a plain table as a session shows it, any other value as it is.
---@param value any
---@return any
function M.readable(value)
  return is_plain(value) and M.show(value) or value
end

--- Returns a value as a session shows it.
---@param value any
---@return string
function M.show(value)
  if not is_plain(value) then
    return scalar(value)
  end
  local module = names.of(value)
  if module then
    return ("module %s (?%s shows its members)"):format(module, module)
  end
  local width = terminal.width()
  local fields = record_fields(value)
  if fields then
    return records(value, fields)
  end
  local keys, length, more = keys_of(value)
  local short = inline(value, 1)
  if #keys <= MAX_INLINE and text.width(short) <= width then
    return short
  end
  return filled(value, keys, length, more, width) or block(value, keys, length, more, width)
end

return M
