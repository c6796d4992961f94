-- The gap between languages, worst less best, and how much of it noise alone could make.

local FAR <const> = 2.5 -- standard errors: languages nearer to the worst could be the worst themselves

-- The rises of the languages of which `of` is the extreme, less that of the extreme: where they could be it, how far
-- they were off in each resample; elsewhere something that is never chosen.
local function errors_near(estimates, errors, of, never)
  local chosen = estimates:eq(of):to("float64")
  local of_extreme = (errors * chosen):sum(1, true) / chosen:sum(1, true)
  local far = (estimates - of):abs():gt((errors - of_extreme):std(3, true) * FAR):to("float64")
  return errors * (1 - far) + far * never
end

--- Returns the gaps of models between languages in the data and its resamples, and the errors that they would have in
--- each resample if all the languages that could be the worst rose alike, and all that could be the best: a gap of
--- noise is far from 0, and this says how far (after Chernozhukov, Lee and Rosen 2013, Intersection bounds:
--- languages that are clearly apart from both do not count).
---@param rises Tensor  [languages, models, 1 + resamples]: in the data, then in each resample
---@return Tensor gaps  [models, 1 + resamples]
---@return Tensor errors  [models, resamples]
---@example
---local noise = tensor.randn(1, 5, 1, 100):to("float64")
---local gaps, errors = require("residua.disparity.gap")(noise)
---assert(gaps:size(2) == 100 and errors:size(2) == 99 and errors:min() >= 0)
return function(rises)
  local estimates = rises:narrow(3, 1, 1)
  local errors = rises:narrow(3, 2, rises:size(3) - 1) - estimates
  local worst = errors_near(estimates, errors, estimates:max(1, true), -1e300)
  local best = errors_near(estimates, errors, estimates:min(1, true), 1e300)
  return rises:max(1) - rises:min(1), worst:max(1) - best:min(1)
end
