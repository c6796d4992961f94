-- Resampling by weights: what a whole computation gives for the data, and for samples drawn from them.

local labels = require("residua.labels")
local native = require("residua.native").stats
local options = require("residua.options")
local tensor = require("residua.tensor")

local M = {}

-- Clusters are drawn, and in each its observations: [resamples, n].
local function two_stages(resamples, seed, clusters)
  local number, _, count = labels.numbered(clusters)
  local places, order, parts = {}, {}, {}
  for cluster = 1, count do
    places[cluster] = {}
  end
  for i, cluster in ipairs(number) do
    table.insert(places[cluster], i)
  end
  local drawn, reached = native.resample_counts(count, resamples, seed), 0
  for cluster, own in ipairs(places) do
    parts[cluster] = native.resample_counts(#own, resamples, seed + cluster) * drawn:narrow(2, cluster, 1)
    for k, place in ipairs(own) do
      order[place] = reached + k
    end
    reached = reached + #own
  end
  return tensor.cat(parts, 2):index(2, order)
end

--- Returns how often each observation counts: once in the first row, which is the data, and as often as it was drawn,
--- with replacement, in every other. A product with it gives all the sums at once.
---@param n integer  observations
---@param resamples integer
---@param seed? integer  1 by default
---@param clusters? any[]  of each observation (its language): first clusters are drawn, then observations in them
---@return Tensor  [1 + resamples, n] float64; without clusters every row sums to n
---@example
---local sums = stats.draws(3, 100):matmul(tensor.from_table({ 1, 2, 6 }, "float64"))
---assert(sums:at(1) == 9 and sums:size(1) == 101)
function M.draws(n, resamples, seed, clusters)
  options.argument("stats.draws", "n", n, "number")
  options.argument("stats.draws", "clusters", clusters or {}, "table")
  if clusters and #clusters ~= n then
    error(("stats.draws: %d clusters for %d observations; name one for each"):format(#clusters, n), 2)
  end
  seed = seed or 1
  local drawn = clusters and two_stages(resamples, seed, clusters) or native.resample_counts(n, resamples, seed)
  return tensor.cat({ tensor.ones(1, n):to("float64"), drawn }, 1)
end

local function numbers(values)
  return type(values) == "table" and values or values:totable()
end

-- The mean of a list, NaN and infinity aside.
local function middle(list)
  local sum, count = 0, 0
  for _, value in ipairs(list) do
    if value - value == 0 then
      sum, count = sum + value, count + 1
    end
  end
  return sum / count
end

---@class residua.stats.FromDrawsOpts
---@field n integer  observations that were drawn from, or clusters where these were; fewer than 3 give no interval
---@field level? number  0.95 by default
---@field extreme? boolean  the value is a maximum, a minimum, a range or a variance, which resampling drives outwards,
---  or a rank of a spectrum, which it lowers: each end is the wider of the percentile and of the other percentile
---  reflected at the estimate. False by default
---@field errors? table  what the estimate could be off by in each resample, `most` and `least`, two Tensors or lists:
---  the interval reaches as far as these ask for too
---@field least? number  no interval reaches below it
---@field most? number  or above this

-- Widens an interval to the wider of itself and of what `errors` say of the estimate; NaN where they say nothing.
local function widened(low, high, estimate, errors, n, level)
  local most, least = numbers(errors.most), numbers(errors.least)
  local _, too_high = native.drawn_interval(middle(most), most, n, level)
  local too_low = native.drawn_interval(middle(least), least, n, level)
  if too_high ~= too_high or too_low ~= too_low then
    return 0 / 0, 0 / 0
  end
  return math.min(low, estimate - too_high), math.max(high, estimate - too_low)
end

-- Around an extreme value: the wider of what resamples say, and that reflected at the estimate.
local function around_extreme(estimate, drawn, n, level)
  if estimate - estimate ~= 0 then
    return 0 / 0, 0 / 0
  end
  local low, high = native.drawn_interval(middle(drawn), drawn, n, level)
  if low == low then
    low, high = math.min(low, 2 * estimate - high), math.max(high, 2 * estimate - low)
  end
  return low, high
end

--- Returns the effect that a value has in the data, first in the list, and in resamples, the others: its interval is
--- theirs between percentiles, as far out as Student's t asks for where n is small (of `extreme` values they alone
--- would lie on one side of the truth); of fewer than 6 observations, Student's own. Draws in which the value does not
--- exist (NaN, infinity) are left out.
---@param values number[]|Tensor  of `stats.draws`, in its order
---@param opts residua.stats.FromDrawsOpts
---@return table effect  estimate, low, high, n, level
---@example
---local means = stats.draws(4, 500):matmul(tensor.from_table({ 1, 2, 3, 4 }, "float64")) / 4
---local e = stats.from_draws(means, { n = 4 })
---assert(e.estimate == 2.5 and e.low < 1 and e.high > 4)
function M.from_draws(values, opts)
  opts = options.check("stats.from_draws", opts, { n = { "integer", required = true }, level = { "number", 0.95 },
    extreme = { "boolean", false }, errors = { "table" }, least = { "number", -math.huge },
    most = { "number", math.huge } })
  options.argument("stats.from_draws", "values", values, "table|Tensor")
  local list = numbers(values)
  if type(list) ~= "table" or #list == 0 then
    error("stats.from_draws: there are no values; give one of the data and one of each resample", 2)
  end
  local estimate, n, level, drawn = list[1], opts.n, opts.level, table.move(list, 2, #list, 1, {})
  local low, high = (opts.extreme and around_extreme or native.drawn_interval)(estimate, drawn, n, level)
  if opts.errors and low == low then
    low, high = widened(low, high, estimate, opts.errors, n, level)
  end
  if low == low then
    low, high = math.max(low, opts.least), math.min(high, opts.most)
  end
  return { estimate = estimate, low = low, high = high, level = level, n = n }
end

return M
