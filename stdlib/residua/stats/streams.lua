-- Summaries that merge: quantile sketches, histograms over common bins, covariances. Those of parts of the data,
-- merged, are that of all.

local native = require("residua.native").stats
local options = require("residua.options")
local tensor = require("residua.tensor")

local M = {}

---@class residua.stats.SketchOpts
---@field error? number  relative error of quantiles, 0.0001 to 0.5; 0.005 by default
---@field weights? Tensor|number[]  one for each value, 0 or more

--- Returns a quantile sketch of values (DDSketch: Masson, Rim, Lee 2019): every quantile within a relative error,
--- whatever the size of the data.
---@param values Tensor|number[]
---@param opts? residua.stats.SketchOpts
---@return QuantileSketch
---@example
---local s = stats.sketch({ 1, 2, 3 }):merge(stats.sketch({ 10 }))
---assert(s:count() == 4 and s:max() == 10 and math.abs(s:quantile(0.5) - 2) <= 0.01)
function M.sketch(values, opts)
  opts = options.check("stats.sketch", opts, { error = { "number", 0.005 }, weights = { "Tensor|table" } })
  return native.sketch(values, opts.error, opts.weights)
end

---@class residua.stats.HistogramOpts
---@field low number  lower border of the first bin
---@field high number  upper border of the last bin, which is part of it
---@field bins? integer  100 by default
---@field weights? Tensor|number[]  one for each value, 0 or more

--- Returns a histogram of values over bins of equal width; what lies outside counts as under or over.
---@param values Tensor|number[]
---@param opts residua.stats.HistogramOpts
---@return Histogram
---@example
---local h = stats.histogram({ -1, 0, 0.5, 1, 7 }, { low = 0, high = 1, bins = 2 })
---assert(h:counts()[2] == 2 and h:under() == 1 and h:over() == 1)
function M.histogram(values, opts)
  opts = options.check("stats.histogram", opts, { low = { "number", required = true },
    high = { "number", required = true }, bins = { "integer", 100 }, weights = { "Tensor|table" } })
  return native.histogram(values, opts.low, opts.high, opts.bins, opts.weights)
end

--- Returns how many values of a sketch lie in each bin; what lies beyond the bins counts to the outer ones.
---@param sketch QuantileSketch
---@param edges number[]  ascending, one more than there are bins
---@return Tensor counts  [bins] float64
---@example
---local counts = stats.binned(stats.sketch { 1, 2, 2, 9 }, { 0, 1.5, 3, 4 })
---assert(counts:equal(tensor.from_table({ 1, 2, 1 }, "float64")))
function M.binned(sketch, edges)
  options.argument("stats.binned", "sketch", sketch, "QuantileSketch")
  options.numbers("stats.binned", "edges", edges)
  local counts, below = {}, 0
  for bin = 1, #edges - 1 do
    local reached = bin < #edges - 1 and sketch:rank(edges[bin + 1]) or sketch:count()
    counts[bin], below = reached - below, reached
  end
  return tensor.from_table(counts, "float64")
end

---@class residua.stats.CovarianceOpts
---@field weights? Tensor|number[]  how often each row counts

--- Returns mean and covariance of the rows of a matrix.
---@param rows Tensor  [items, features]
---@param opts? residua.stats.CovarianceOpts
---@return Covariance
---@example
---local c = stats.covariance(tensor.from_table { { 1, 2 }, { 3, 6 } })
---assert(c:mean()[2] == 4 and math.abs(c:eigenvalues()[1] - 10) < 1e-9)
function M.covariance(rows, opts)
  opts = options.check("stats.covariance", opts, { weights = { "Tensor|table" } })
  return native.covariance(rows, opts.weights)
end

return M
