-- Whether an effect can be divided by: it has to be clearly above 0.

local counted = require("residua.text").counted

--- Returns why an effect may not stand below a fraction, or nil where it may.
---@param effect table  low and n
---@param otherwise string  what an interval that reaches 0 means
---@return string? why
---@example
---local why_not = require("residua.disparity.measurable")
---assert(why_not({ low = 0.1, n = 9 }, "flat") == nil and why_not({ low = -1, n = 9 }, "flat") == "flat")
---assert(why_not({ low = 0 / 0, n = 2 }, "flat") == "no interval from 2 units")
return function(effect, otherwise)
  if effect.low ~= effect.low then
    return "no interval from " .. counted(effect.n, "unit")
  end
  return effect.low <= 0 and otherwise or nil
end
