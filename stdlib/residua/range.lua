-- Ranges of numbers.

--- Returns the list first, first + step, ... up to last inclusive.
---@param first number
---@param last number
---@param step? number  1 when absent
---@return number[]
---@example
---assert(#range(0, 30) == 31 and range(0, 1, 0.25)[2] == 0.25)
local function range(first, last, step)
  step = step or 1
  if step == 0 or step ~= step then
    error("range: step is " .. tostring(step), 2)
  end
  local list = {}
  for i = 0, math.floor((last - first) / step + 1e-9) do
    list[#list + 1] = first + i * step
  end
  return list
end

return range
