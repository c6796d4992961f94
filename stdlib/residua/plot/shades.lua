-- Heat maps in the terminal: shades of a block, the darker the lower, with a key of what they mean.

local text = require("residua.text")

local M = {}

local SHADES <const> = { "·", "░", "▒", "▓", "█" }
local WIDEST <const> = 6 -- cells for one value

--- Returns the lowest and highest value of a grid, and where they stand.
---@param data table  cells, x_names, y_names
---@return table? low  value, x, y (names); nil for an empty grid
---@return table? high
---@example
---local data = { cells = { { 1, 4 } }, x_names = { "a", "b" }, y_names = { "c" } }
---local low, high = require("residua.plot.shades").ends(data)
---assert(low.value == 1 and high.x == "b")
function M.ends(data)
  local low, high
  for j, y in ipairs(data.y_names) do
    for i, x in ipairs(data.x_names) do
      local value = data.cells[j][i]
      if value and (not low or value < low.value) then
        low = { value = value, x = x, y = y }
      end
      if value and (not high or value > high.value) then
        high = { value = value, x = x, y = y }
      end
    end
  end
  return low, high
end

local function shade(value, low, high)
  local share = high > low and (value - low) / (high - low) or 0.5
  return SHADES[math.min(#SHADES, 1 + math.floor(share * #SHADES))]
end

local function key(low, high, label)
  local parts, step = {}, (high - low) / #SHADES
  for i, char in ipairs(high > low and SHADES or {}) do
    parts[i] = ("%s from %s"):format(char:rep(2), text.number(low + (i - 1) * step, 3))
  end
  parts[#parts + 1] = ("to %s"):format(text.number(high, 3))
  return (label and label .. ": " or "") .. table.concat(parts, "  ")
end

-- Names over columns, each cut to the room that it has.
local function header(names, cell)
  local parts = {}
  for i, name in ipairs(names) do
    parts[i] = text.pad(text.cut(name, math.max(1, cell - 1)), cell)
  end
  return table.concat(parts)
end

--- Returns the lines of a heat map, without its caption.
---@param data table  x_names, y_names, cells, x_label, y_label, value_label
---@param width integer  of the terminal
---@return string[]
---@example
---local data = { x_names = { "a", "b" }, y_names = { "c" }, cells = { { 0, 1 } } }
---assert(require("residua.plot.shades").lines(data, 40)[2]:find("█", 1, true))
function M.lines(data, width)
  local low, high = M.ends(data)
  low, high = low.value, high.value
  local names = 0
  for _, name in ipairs(data.y_names) do
    names = math.max(names, math.min(20, text.width(name)))
  end
  local cell = math.max(1, math.min(WIDEST, (width - names - 1) // #data.x_names))
  local indent = (" "):rep(names + 1)
  local lines = { ((indent .. header(data.x_names, cell)):gsub("%s+$", "")) }
  for j, name in ipairs(data.y_names) do
    local parts = { text.pad(text.cut(name, 20), names) .. " " }
    for i = 1, #data.x_names do
      local value = data.cells[j][i]
      parts[i + 1] = (value and shade(value, low, high) or " "):rep(cell)
    end
    lines[#lines + 1] = (table.concat(parts):gsub("%s+$", ""))
  end
  if data.x_label or data.y_label then
    lines[#lines + 1] = ("across: %s, down: %s"):format(data.x_label or "x", data.y_label or "y")
  end
  local legend = text.wrap(key(low, high, data.value_label), width)
  for line in legend:gmatch("[^\n]+") do
    lines[#lines + 1] = line
  end
  return lines
end

return M
