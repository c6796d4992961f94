-- Cells of results as a reader wants them: short numbers, effects with their interval, reasons.

local sorted_keys = require("residua.sorted_keys")
local text = require("residua.text")

local M = {}

local function has_text(value)
  local meta = getmetatable(value)
  return meta and (type(meta) ~= "table" or meta.__tostring or meta.__name)
end

local function bound(value)
  return value and value == value and text.number(value) or "?"
end

--- Returns a cell as text: numbers with four digits, effects as "estimate [low, high]", a refused one as the reason.
---@param value any
---@return string
---@example
---local cells = require("residua.report.cells")
---assert(cells.text { estimate = 0.5, low = 0, high = 1.0 } == "0.5 [0, 1]" and cells.text(true) == "yes")
function M.text(value)
  if type(value) == "number" then
    return text.number(value)
  elseif type(value) == "boolean" then
    return value and "yes" or "no"
  elseif type(value) == "table" and value.refused then
    return tostring(value.refused)
  elseif M.is_effect(value) then
    local plain = text.number(value.estimate)
    return (value.low or value.high) and ("%s [%s, %s]"):format(plain, bound(value.low), bound(value.high)) or plain
  elseif type(value) == "table" and not has_text(value) then
    return M.list(value)
  end
  return value == nil and "" or tostring(value)
end

--- Returns whether a cell is an effect, with an interval or without.
---@param value any
---@return boolean
---@example
---assert(require("residua.report.cells").is_effect { estimate = 1 })
function M.is_effect(value)
  return type(value) == "table" and type(value.estimate) == "number"
end

--- Returns whether a cell stands to the right: numbers and effects.
---@param value any
---@return boolean
---@example
---assert(not require("residua.report.cells").is_numeric("a"))
function M.is_numeric(value)
  return type(value) == "number" or M.is_effect(value)
end

--- Returns a small table on one line: "a, b", or "k = v" for named values.
---@param value table
---@return string
---@example
---assert(require("residua.report.cells").list({ 1, 2, a = 3 }) == "1, 2, a = 3")
function M.list(value)
  local parts = {}
  for i, inner in ipairs(value) do
    parts[i] = M.text(inner)
  end
  for _, name in ipairs(sorted_keys(value)) do
    parts[#parts + 1] = ("%s = %s"):format(name, M.text(value[name]))
  end
  return table.concat(parts, ", ")
end

return M
