-- The gap between languages, worst less best, and how far noise could have driven them apart.

local M = {}

local FAR <const> = 2.5 -- standard errors: languages nearer to the worst could be the worst themselves

-- Of the languages whose rises are `estimates`, which are off by `errors` in each resample, where `of` is the extreme:
-- the errors of that one, and all errors with `never` in place of those that cannot be the extreme.
local function around(estimates, errors, of, never)
  local chosen = estimates:eq(of):to("float64")
  local own = (errors * chosen):sum(1, true) / chosen:sum(1, true)
  local far = (estimates - of):abs():gt((errors - own):std(3, true) * FAR):to("float64")
  return own:select(1, 1), errors * (1 - far) + far * never
end

---@class residua.disparity.Errors
---@field most Tensor  [..., resamples]: if all that could be the worst rose alike, and all that could be the best
---@field least Tensor  [..., resamples]: if the worst and the best are what they seem

--- Returns the gaps of models between languages in the data and its resamples, and what they could be off by in each
--- resample: of noise alone a gap is far from 0, and its errors say how far (after Chernozhukov, Lee and Rosen 2013,
--- Intersection bounds: languages that are clearly apart from the worst and the best do not count).
---@param rises Tensor  [languages, models, 1 + resamples]: in the data, then in each resample
---@return Tensor gaps  [models, 1 + resamples]
---@return residua.disparity.Errors errors  [models, resamples]
---@example
---local gaps, errors = require("residua.disparity.gap").of(tensor.randn(1, 5, 1, 100):to("float64"))
---assert(gaps:size(2) == 100 and errors.most:size(2) == 99 and (errors.most - errors.least):min() >= 0)
function M.of(rises)
  local estimates = rises:narrow(3, 1, 1)
  local errors = rises:narrow(3, 2, rises:size(3) - 1) - estimates
  local of_worst, worst = around(estimates, errors, estimates:max(1, true), -1e300)
  local of_best, best = around(estimates, errors, estimates:min(1, true), 1e300)
  return rises:max(1) - rises:min(1), { most = worst:max(1) - best:min(1), least = of_worst - of_best }
end

--- Returns the errors of one gap less `times` another, over `unit`.
---@param a residua.disparity.Errors
---@param b residua.disparity.Errors
---@param times? number  0 or more; 1 by default
---@param unit? number  above 0; 1 by default
---@return residua.disparity.Errors
---@example
---local one = { most = tensor.ones(3), least = tensor.zeros(3) }
---assert(require("residua.disparity.gap").less(one, one, 2, 4).least:at(1) == -0.5)
function M.less(a, b, times, unit)
  times, unit = times or 1, unit or 1
  return { most = (a.most - b.least * times) / unit, least = (a.least - b.most * times) / unit }
end

return M
