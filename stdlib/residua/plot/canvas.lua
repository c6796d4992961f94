-- Dots in the terminal: a braille character holds 2 x 4 of them. Other characters may stand over them.

local M = {}

local Canvas = {}
Canvas.__index = Canvas

-- What each dot of a character adds to its code, by row and column (Unicode, "Braille Patterns").
local BITS <const> = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } }
local BLANK <const> = 0x2800

--- Returns an empty canvas.
---@param width integer  in characters
---@param height integer  in characters
---@return table
---@example
---local canvas = require("residua.plot.canvas").new(2, 1)
---canvas:line(0, 0, 1, 1)
---assert(canvas:rows()[1] == "⡠⠊" and canvas.width == 2)
function M.new(width, height)
  local self = { width = width, height = height, dots = {}, over = {} }
  for row = 1, height do
    self.dots[row], self.over[row] = {}, {}
  end
  return setmetatable(self, Canvas)
end

--- Returns the dot at a place.
---@param x number  0 to 1, from the left
---@param y number  0 to 1, from the bottom
---@return integer column
---@return integer row
function Canvas:dot(x, y)
  local column = math.floor(x * (2 * self.width - 1) + 0.5)
  local row = math.floor((1 - y) * (4 * self.height - 1) + 0.5)
  return column, row
end

--- Sets one dot; outside of the canvas nothing happens.
---@param column integer  of dots, from 0 at the left
---@param row integer  of dots, from 0 at the top
function Canvas:set(column, row)
  local line = self.dots[row // 4 + 1]
  if line and column >= 0 and column < 2 * self.width then
    local cell = column // 2 + 1
    line[cell] = (line[cell] or 0) | BITS[row % 4 + 1][column % 2 + 1]
  end
end

--- Draws a straight line between two places.
---@param x1 number  0 to 1
---@param y1 number
---@param x2 number
---@param y2 number
---@param every? integer  sets each n-th dot only: 2 for a dotted line
function Canvas:line(x1, y1, x2, y2, every)
  local c1, r1 = self:dot(x1, y1)
  local c2, r2 = self:dot(x2, y2)
  local steps = math.max(math.abs(c2 - c1), math.abs(r2 - r1), 1)
  for i = 0, steps, every or 1 do
    self:set(math.floor(c1 + (c2 - c1) * i / steps + 0.5), math.floor(r1 + (r2 - r1) * i / steps + 0.5))
  end
end

--- Puts a character of one cell over the dots at a place.
---@param x number  0 to 1
---@param y number
---@param char string
function Canvas:put(x, y, char)
  local column, row = self:dot(x, y)
  local line = self.over[row // 4 + 1]
  if line and column >= 0 and column < 2 * self.width then
    line[column // 2 + 1] = char
  end
end

--- Returns the lines of text, from the top.
---@return string[]
function Canvas:rows()
  local rows = {}
  for row = 1, self.height do
    local line = {}
    for cell = 1, self.width do
      local bits = self.dots[row][cell]
      line[cell] = self.over[row][cell] or bits and utf8.char(BLANK + bits) or " "
    end
    rows[row] = table.concat(line)
  end
  return rows
end

return M
