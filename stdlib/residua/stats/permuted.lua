-- Whole computations on data in another order, and on data without one of its items: a null, and an interval where
-- drawing an item twice would change what is measured.

local effects = require("residua.stats.effects")
local native = require("residua.native").stats
local options = require("residua.options")
local range = require("residua.range")

local M = {}

---@class residua.stats.ShuffledOpts
---@field shuffles? integer  199 by default
---@field seed? integer  1 by default

--- Returns by how much a statistic of paired items exceeds that of shuffled pairs: the median of the differences, their
--- range from 2.5 to 97.5 % over the shuffles as interval (it holds 0 where chance explains the value, and says nothing
--- of other items), and the two-sided p of the permutation test, twice that of the nearer side and so at least
--- 2 / (1 + shuffles).
---@param n integer  items
---@param statistic fun(order: integer[]): number  of each item and that with which it is paired; 1 to n in the data
---@param opts? residua.stats.ShuffledOpts
---@return table effect  estimate, low, high, p, n
---@example
---local e = stats.against_shuffled(20, function(order)
---  local same = 0
---  for i, partner in ipairs(order) do same = same + (i == partner and 1 or 0) end
---  return same
---end)
---assert(e.estimate > 15 and e.p == 2 / 200)
function M.against_shuffled(n, statistic, opts)
  options.argument("stats.against_shuffled", "n", n, "integer")
  options.argument("stats.against_shuffled", "statistic", statistic, "function")
  opts = options.check("stats.against_shuffled", opts, { shuffles = { "integer", 199 }, seed = { "integer", 1 } })
  local order = range(1, n)
  local found, gaps, as_low, as_high = statistic(order), {}, 1, 1
  for i = 1, opts.shuffles do
    gaps[i] = found - statistic(native.shuffled(order, opts.seed + i))
    as_high = as_high + (gaps[i] <= 0 and 1 or 0)
    as_low = as_low + (gaps[i] >= 0 and 1 or 0)
  end
  local low, middle, high = table.unpack(native.quantiles(gaps, { 0.025, 0.5, 0.975 }))
  local p = math.min(1, 2 * math.min(as_low, as_high) / (1 + opts.shuffles))
  return { estimate = middle, low = low, high = high, p = p, n = n }
end

---@class residua.stats.JackknifeOpts
---@field seed? integer  1 by default
---@field level? number  0.95 by default

--- Returns a statistic of n observations with an interval from leaving out each of them: the mean of its pseudo-values,
--- as `stats.mean` gives it. For statistics that a bootstrap distorts by drawing an observation twice (CKA, ranks of
--- neighbours).
---@param n integer  at least 2
---@param statistic fun(items: integer[]): number  takes the list of observations that are left, from 1 to n
---@param opts? residua.stats.JackknifeOpts
---@return table effect  estimate (the bias of order 1 / n taken out), low, high, p, n, level
---@example
---local values = { 3, 1, 4, 1, 5, 9, 2, 6 }
---local e = stats.jackknife(#values, function(items)
---  local sum = 0
---  for _, i in ipairs(items) do sum = sum + values[i] end
---  return sum / #items
---end)
---assert(math.abs(e.estimate - 31 / 8) < 1e-12) -- the pseudo-values of a mean are the values
function M.jackknife(n, statistic, opts)
  options.argument("stats.jackknife", "n", n, "integer")
  options.argument("stats.jackknife", "statistic", statistic, "function")
  opts = options.check("stats.jackknife", opts, { seed = { "integer", 1 }, level = { "number", 0.95 } })
  local whole, pseudo = statistic(range(1, n)), {}
  for out = 1, n do
    local left = range(1, n)
    table.remove(left, out)
    pseudo[out] = n * whole - (n - 1) * statistic(left)
  end
  return effects.mean(pseudo, opts)
end

return M
