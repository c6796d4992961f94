-- What the cells of rows mean to a figure: a number with or without an interval, or a label.

local text = require("residua.text")

local M = {}

-- Larger numbers have no place on an axis: the differences between them overflow.
local LARGEST <const> = 1e300

local function finite(value)
  return type(value) == "number" and math.abs(value) <= LARGEST
end

--- Returns the number of a cell and, for an effect, its interval.
---@param cell any
---@return number? value  nil for anything that is no finite number
---@return number? low
---@return number? high
---@example
---local cells = require("residua.plot.cells")
---assert(select("#", cells.number { estimate = 2, low = 1, high = 3 }) == 3 and not cells.number(0 / 0))
function M.number(cell)
  if finite(cell) then
    return cell
  elseif type(cell) == "table" and not cell.refused and finite(cell.estimate) then
    local bounded = finite(cell.low) and finite(cell.high)
    return cell.estimate, bounded and cell.low or nil, bounded and cell.high or nil
  end
end

--- Returns a cell as a category: texts as they are, numbers short, booleans as yes and no.
---@param cell any
---@return string
---@example
---assert(require("residua.plot.cells").label(true) == "yes")
function M.label(cell)
  if type(cell) == "boolean" then
    return cell and "yes" or "no"
  end
  local value = M.number(cell)
  return value and text.number(value) or cell == nil and "" or (tostring(cell):gsub("%s+", " "))
end

--- Returns whether a list of cells (nil where a row has none) holds numbers and effects only.
---@param list table<integer, any>
---@param count integer
---@return boolean
---@example
---assert(not require("residua.plot.cells").numeric({ 1, "a" }, 2))
function M.numeric(list, count)
  for i = 1, count do
    local cell = list[i]
    local number = type(cell) == "number" or type(cell) == "table" and (cell.estimate or cell.refused)
    if cell ~= nil and not number then
      return false
    end
  end
  return true
end

--- Returns the numbers of a list or Tensor of any shape, flat and without those that are not finite, and how many these
--- were.
---@param values any
---@return number[]
---@return integer left_out
---@example
---local numbers, left_out = require("residua.plot.cells").flat { 1, 0 / 0, { 2 } }
---assert(#numbers == 2 and left_out == 1)
function M.flat(values)
  local numbers, left_out = {}, 0
  local function add(value)
    local number = M.number(value)
    if number then
      numbers[#numbers + 1] = number
    elseif type(value) == "table" and #value > 0 then
      for _, inner in ipairs(value) do
        add(inner)
      end
    else
      left_out = left_out + 1
    end
  end
  if type(values) == "userdata" then
    values = values:totable()
  end
  for _, value in ipairs(type(values) == "table" and values or { values }) do
    add(value)
  end
  return numbers, left_out
end

return M
