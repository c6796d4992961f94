-- Curves: does one change somewhere, and fits of any form.

local native = require("residua.native").stats
local options = require("residua.options")

local M = {}

---@class residua.stats.ChangeOpts
---@field seed? integer  1 by default
---@field level? number  of the intervals of locations; 0.95 by default
---@field resamples? integer  simulated curves; 999 by default

--- Returns three models of a curve, by least squares: a line, a line with one bend, a logistic step, and which is
--- best by BIC (n is the number of distinct x; points of equal x count as one at their mean). p is that of a line,
--- from curves simulated from it; locations have intervals from curves simulated from their model, which hold the
--- estimate. At least 6 distinct x.
---@param x number[]
---@param y number[]
---@param opts? residua.stats.ChangeOpts
---@return table fits  best ("line", "two_segment" or "logistic"), n, line (intercept, slope), two_segment (location,
---value there, slope_before, slope_after, p), logistic (location, width, before, after, p); each with squares and bic
---@example
---local fits = stats.change_point({ 0, 1, 2, 3, 4, 5, 6, 7 }, { 9, 7, 5, 3.1, 3, 3, 2.9, 3 }, { resamples = 99 })
---assert(fits.best == "two_segment" and math.abs(fits.two_segment.location.estimate - 3) < 0.1)
function M.change_point(x, y, opts)
  opts = options.check("stats.change_point", opts,
    { seed = { "integer", 1 }, level = { "number", 0.95 }, resamples = { "integer", 999 } })
  local fits = native.change_point(x, y, opts.seed, opts.level, opts.resamples)
  -- Steps are fitted to simulated curves to 1e-3 of their width, for speed: where the curve has next to no noise, that
  -- is more than the interval is wide.
  for _, model in ipairs { fits.two_segment, fits.logistic } do
    local location = model.location
    location.low, location.high = math.min(location.low, location.estimate), math.max(location.high, location.estimate)
  end
  return fits
end

---@class residua.stats.CurveOpts
---@field level? number  0.95 by default
---@field weights? number[]  of each point, such as 1 / variance
---@field evaluations? integer  of the curve at all points, at most; 10000 by default

--- Returns the curve f(x, params) fitted to points by least squares (Levenberg and Marquardt, from `start` on), with t
--- intervals of the params. An error says so where it does not converge or the points do not determine a param.
---@param f function  f(x, params) -> number; x is a number, or a list where points have several; params a list
---@param x number[]|number[][]|Tensor
---@param y number[]
---@param start number[]
---@param opts? residua.stats.CurveOpts
---@return table fit  params (estimate, low, high, standard_error of each), covariance, residual_sd, r2, n, degrees (of
---freedom left), evaluations, residuals
---@example
---local function power(x, p) return p[1] * x ^ p[2] end
---local fit = stats.curve_fit(power, { 1, 2, 3, 4 }, { 3, 12.1, 27, 47.9 }, { 1, 1 })
---assert(math.abs(fit.params[2].estimate - 2) < 0.05)
function M.curve_fit(f, x, y, start, opts)
  opts = options.check("stats.curve_fit", opts,
    { level = { "number", 0.95 }, weights = { "table" }, evaluations = { "integer", 10000 } })
  return native.curve_fit(f, x, y, start, opts.level, opts.weights, opts.evaluations)
end

return M
