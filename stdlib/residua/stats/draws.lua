-- Resampling by weights: what a whole computation gives for the data, and for samples drawn from them.

local native = require("residua.native").stats
local options = require("residua.options")
local tensor = require("residua.tensor")

local M = {}

--- Returns how often each observation counts: once in the first row, which is the data, and as often as it was drawn,
--- with replacement, in every other. A product with it gives all the sums at once.
---@param n integer  observations
---@param resamples integer
---@param seed? integer  1 by default
---@return Tensor  [1 + resamples, n] float64; every row sums to n
---@example
---local sums = stats.draws(3, 100):matmul(tensor.from_table({ 1, 2, 6 }, "float64"))
---assert(sums:at(1) == 9 and sums:size(1) == 101)
function M.draws(n, resamples, seed)
  return tensor.cat({ tensor.ones(1, n):to("float64"), native.resample_counts(n, resamples, seed or 1) }, 1)
end

local function finite(value)
  return value == value and math.abs(value) < math.huge
end

---@class residua.stats.FromDrawsOpts
---@field n integer  observations that were drawn from; fewer than 3 give no interval
---@field level? number  0.95 by default

--- Returns the effect that a value has in the data, first in the list, and in resamples, the others: its interval is
--- theirs between percentiles. Draws in which the value does not exist (NaN, infinity) are left out.
---@param values number[]|Tensor  of `stats.draws`, in its order
---@param opts residua.stats.FromDrawsOpts
---@return table effect  estimate, low, high, n, level
---@example
---local means = stats.draws(4, 500):matmul(tensor.from_table({ 1, 2, 3, 4 }, "float64")) / 4
---local e = stats.from_draws(means, { n = 4 })
---assert(e.estimate == 2.5 and e.low < 2 and e.high > 3)
function M.from_draws(values, opts)
  opts = options.check("stats.from_draws", opts, { n = { "integer", required = true }, level = { "number", 0.95 } })
  local list, drawn = type(values) == "table" and values or values:totable(), {}
  for i = 2, #list do
    drawn[#drawn + 1] = finite(list[i]) and list[i] or nil
  end
  local tail, bounds = (1 - opts.level) / 2, { 0 / 0, 0 / 0 }
  if #drawn > 0 and opts.n >= native.fewest_units then
    bounds = native.quantiles(drawn, { tail, 1 - tail })
  end
  return { estimate = list[1], low = bounds[1], high = bounds[2], level = opts.level, n = opts.n }
end

return M
