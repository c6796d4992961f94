-- Ranges of numbers.

local options = require("residua.options")

local MOST <const> = 100000000 -- numbers, in 1.6 GB

--- Returns the list first, first + step, ... up to last inclusive.
---@param first number
---@param last number
---@param step? number  1 when absent
---@return number[]
---@example
---assert(#range(0, 30) == 31 and range(0, 1, 0.25)[2] == 0.25)
local function range(first, last, step)
  step = step or 1
  options.argument("range", "first", first, "number")
  options.argument("range", "last", last, "number")
  options.argument("range", "step", step, "number")
  if step == 0 or (last - first) / step - (last - first) / step ~= 0 then
    error(("range: no way from %s to %s in steps of %s; give finite numbers, and a step that is not 0"):format(first,
      last, step), 2)
  end
  local steps, list = math.floor((last - 0.0 - first) / step + 1e-9), {} -- of floats: integers would wrap around
  if steps >= MOST then
    error(("range: %.14g numbers are too many; at most %d fit a list"):format(steps + 1, MOST), 2)
  end
  for i = 0, steps do
    list[#list + 1] = first + i * step
  end
  return list
end

return range
