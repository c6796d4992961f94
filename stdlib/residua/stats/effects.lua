-- Effects with intervals and p values, correlations, corrections for many tests. Every random part takes
-- a seed; equal seeds give equal numbers on every machine.

local labels = require("residua.labels")
local native = require("residua.native").stats
local options = require("residua.options")

local M = {}

M.quantiles = native.quantiles
M.ranks = native.ranks
M.holm = native.holm
M.benjamini_hochberg = native.benjamini_hochberg
M.resample_counts = native.resample_counts
M.interval_p = native.interval_p
M.shuffled = native.shuffled

local function as_integers(list)
  return list and (labels.numbered(list))
end

---@class residua.stats.EffectOpts
---@field clusters? any[]  label of each value's cluster (its language); clusters are the unit of inference
---@field units? any[]  label of each value's unit (its sentence), which clusters share and which are a sample too
---@field seed? integer  1 by default
---@field level? number  0.95 by default
---@field resamples? integer  2000 by default

local effect_spec = { clusters = { "table" }, units = { "table" }, seed = { "integer", 1 },
  level = { "number", 0.95 }, resamples = { "integer", 2000 } }

--- Returns the mean of values with its interval, and the two-sided p of a sign-flip test against 0. The interval is the
--- bootstrap's (BCa, as far out as Student's t asks for); of fewer than 6 values or clusters, Student's own. With
--- `units`, both clusters and units are samples: the interval is that of two crossed random effects, and p no
--- less than its.
---@param values number[]
---@param opts? residua.stats.EffectOpts
---@return table effect  estimate, low, high, p, n, level
---@example
---local e = stats.mean({ 1, 2, 3, 2, 1, 2, 3, 2 })
---assert(e.estimate == 2 and e.low > 1 and e.p < 0.01)
function M.mean(values, opts)
  opts = options.check("stats.mean", opts, effect_spec)
  return native.one_sample(values, as_integers(opts.clusters), as_integers(opts.units), opts.seed, opts.level,
    opts.resamples)
end

--- Returns the mean of a - b, paired, as `stats.mean` does.
---@param a number[]
---@param b number[]
---@param opts? residua.stats.EffectOpts
---@return table effect
---@example
---assert(stats.paired_difference({ 3, 4, 5 }, { 1, 2, 3 }).estimate == 2)
function M.paired_difference(a, b, opts)
  opts = options.check("stats.paired_difference", opts, effect_spec)
  return native.paired_difference(a, b, as_integers(opts.clusters), as_integers(opts.units), opts.seed, opts.level,
    opts.resamples)
end

-- The values less their mean.
local function deviations(values)
  local sum, around = 0, {}
  for _, value in ipairs(values) do
    sum = sum + value
  end
  for i, value in ipairs(values) do
    around[i] = value - sum / #values
  end
  return around
end

--- Returns the variance of units that two measurements of them share: the mean of their deviations' products, as
--- `stats.mean` gives it. The noise of one knows nothing of the other's, so that it is about 0 where noise is all.
---@param one number[]  of each unit (language, say), from some data
---@param other number[]  of the same units in the same order, from other data
---@param opts? residua.stats.EffectOpts
---@return table effect  estimate, low, high, p, n, level
---@example
---local e = stats.shared_variance({ 1, 2, 3, 4, 5, 6 }, { 2, 1, 3, 4, 6, 5 })
---assert(math.abs(e.estimate - 31 / 12) < 1e-9 and e.low > 0)
function M.shared_variance(one, other, opts)
  options.numbers("stats.shared_variance", "one", one)
  options.numbers("stats.shared_variance", "other", other)
  opts = options.check("stats.shared_variance", opts, effect_spec)
  if #one ~= #other then
    error(("stats.shared_variance: %d and %d values; give the same units twice"):format(#one, #other), 2)
  end
  local products, of_other = {}, deviations(other)
  for i, deviation in ipairs(deviations(one)) do
    products[i] = deviation * of_other[i]
  end
  return M.mean(products, opts)
end

---@class residua.stats.RatioOpts
---@field seed? integer  1 by default
---@field level? number  0.95 by default
---@field resamples? integer  2000 by default

--- Returns sum(above) / sum(below) with an interval over resampled pairs.
---@param above number[]
---@param below number[]
---@param opts? residua.stats.RatioOpts
---@return table effect  estimate, low, high, n, level
---@example
---assert(stats.ratio({ 1, 2, 3 }, { 2, 2, 2 }).estimate == 1)
function M.ratio(above, below, opts)
  opts = options.check("stats.ratio", opts,
    { seed = { "integer", 1 }, level = { "number", 0.95 }, resamples = { "integer", 2000 } })
  return native.ratio(above, below, opts.seed, opts.level, opts.resamples)
end

---@class residua.stats.CorrelationOpts
---@field kind? string  "spearman" (the default), "pearson" or "kendall"
---@field groups? any[]  permute only within these (scripts, say)
---@field seed? integer
---@field level? number
---@field resamples? integer

--- Returns a correlation with a BCa interval over pairs and a permutation p.
---@param x number[]
---@param y number[]
---@param opts? residua.stats.CorrelationOpts
---@return table effect
---@example
---local e = stats.correlation({ 1, 2, 3, 4, 5, 6 }, { 2, 1, 4, 3, 6, 5 })
---assert(math.abs(e.estimate - 29 / 35) < 1e-12)
function M.correlation(x, y, opts)
  opts = options.check("stats.correlation", opts, { kind = { "string", "spearman" }, groups = { "table" },
    seed = { "integer", 1 }, level = { "number", 0.95 }, resamples = { "integer", 2000 } })
  options.one_of("stats.correlation", "kind", opts.kind, { "pearson", "spearman", "kendall" })
  return native.association(opts.kind, x, y, as_integers(opts.groups), opts.seed, opts.level, opts.resamples)
end

---@class residua.stats.BootstrapOpts
---@field seed? integer
---@field level? number
---@field resamples? integer  1000 by default

--- Returns a statistic of n observations with its interval: between percentiles, as far out as Student's t asks
--- for where n is small; of 3 to 5 observations, Student's own.
---@param n integer
---@param statistic function  takes a list of indices drawn from 1 to n
---@param opts? residua.stats.BootstrapOpts
---@return table effect  estimate, low, high, n, level
---@example
---local values = { 3, 1, 4, 1, 5, 9, 2, 6 }
---local e = stats.bootstrap(#values, function(drawn)
---  local most = 0
---  for _, i in ipairs(drawn) do most = math.max(most, values[i]) end
---  return most
---end)
---assert(e.estimate == 9)
function M.bootstrap(n, statistic, opts)
  opts = options.check("stats.bootstrap", opts,
    { seed = { "integer", 1 }, level = { "number", 0.95 }, resamples = { "integer", 1000 } })
  return native.bootstrap(n, statistic, opts.seed, opts.level, opts.resamples)
end

return M
