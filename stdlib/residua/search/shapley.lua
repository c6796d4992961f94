-- Shapley values of the units: exactly, or from random orders.

local options = require("residua.options")
local problem_of = require("residua.search.problem").made
local rows_of = require("residua.search.rows")
local sampling = require("residua.search.sampling")
local subset = require("residua.search.subset")
local table_of = require("residua.table")
local values = require("residua.search.values")

local M = {}

local MOST_UNITS <const> = 14 -- 2^14 sets

local function check_exact(where, problem)
  if problem.n > MOST_UNITS then
    error(("%s: exact values of %d units need 2^%d sets, the most is 2^%d; leave 'exact' out to sample"):format(where,
      problem.n, problem.n, MOST_UNITS), 3)
  end
end

-- Shapley (1953): the weight of the value of a set of s units in that of one of n, by whether the unit is in the set.
-- Factorials as products of ratios: exact enough for n = 14, and never large.
local function weight(n, s, inside)
  local w = 1 / n
  local others = inside and s - 1 or s -- of the other n - 1 units: 1 / n / binomial(n - 1, others)
  for k = 1, others do
    w = w * k / (n - k)
  end
  return inside and w or -w
end

local function exact(problem)
  local sets, weights = subset.every(problem.n), {}
  for i = 1, problem.n do
    weights[i] = {}
    for k, set in ipairs(sets) do
      weights[i][k] = weight(problem.n, subset.size(set), subset.has(set, i))
    end
  end
  return values.combine(problem, sets, weights)
end

-- The sets that an order passes: none, its first unit, its first two, ... all.
local function prefixes(problem, order)
  local list = { subset.none(problem.n) }
  for k, i in ipairs(order) do
    list[k + 1] = subset.with(list[k], i)
  end
  return list
end

local function reversed(order)
  local list = {}
  for k, i in ipairs(order) do
    list[#order + 1 - k] = i
  end
  return list
end

-- Per sample its orders: one, or with its reverse.
local function drawn_orders(problem, opts)
  local samples = {}
  for k, order in ipairs(subset.orders(problem.n, opts.samples, opts.seed)) do
    samples[k] = opts.antithetic and { order, reversed(order) } or { order }
  end
  return samples
end

local function sampled(problem, opts)
  local samples, asked = drawn_orders(problem, opts), {}
  for _, orders in ipairs(samples) do
    for _, order in ipairs(orders) do
      local sets = prefixes(problem, order)
      table.move(sets, 1, #sets, #asked + 1, asked)
    end
  end
  local known, place, by_unit = values.lookup(problem, asked), 0, {}
  for i = 1, problem.n do
    by_unit[i] = {}
  end
  for k, orders in ipairs(samples) do
    for _, order in ipairs(orders) do
      for step, i in ipairs(order) do
        local change = known[place + step + 1] - known[place + step]
        by_unit[i][k] = (by_unit[i][k] or 0) + change / #orders
      end
      place = place + problem.n + 1
    end
  end
  local effects = {}
  for i, list in ipairs(by_unit) do
    effects[i] = sampling.mean(list, opts.level)
  end
  return effects
end

---@class residua.search.ShapleyOpts
---@field exact? boolean  from all 2^L sets of at most 14 units; false by default
---@field samples? integer  2 or more; 32 by default (with 16 the intervals of rugged games hold about 92 %)
---@field antithetic? boolean  each sample is a random order and its reverse (true by default), or one order
---@field seed? integer  1 by default
---@field level? number  of the intervals over samples; 0.95 by default

--- Returns the Shapley value of each unit: how much the value changes when it is protected too, averaged over all
--- orders in which units may be protected (below 0: it helps). They add up to the value of all protected less that of
--- none, sampled ones too. Sampled values have Student's interval over the samples: how far they may be from the exact
--- ones on these texts. Exact values have intervals over sentences. A sample measures at most 2 (units - 1) sets.
--- `scores` has the values by unit, high where protecting helps, for `plan.rank`; `total` is what they add up to.
---@param question residua.search.ProblemOpts|Problem
---@param opts? residua.search.ShapleyOpts
---@return Table rows  unit, label, shapley (effect), part (of the total)
---@example
---local p = search.problem { units = { "left", "right 1", "right 2" }, value = function(sets)
---  local pairs_of_gloves = {}
---  for i, set in ipairs(sets) do pairs_of_gloves[i] = set[1] == "left" and #set > 1 and 1 or 0 end
---  return pairs_of_gloves
---end }
---assert(math.abs(search.shapley(p, { exact = true })[1].shapley.estimate - 2 / 3) < 1e-12)
---assert(search.shapley(p, { samples = 8 })[1].shapley.low <= 2 / 3)
function M.shapley(question, opts)
  local problem = problem_of("search.shapley", question)
  opts = options.check("search.shapley", opts, { exact = { "boolean", false }, samples = { "integer", 32 },
    antithetic = { "boolean", true }, seed = { "integer", 1 }, level = { "number", 0.95 } })
  if opts.exact then
    check_exact("search.shapley", problem)
  elseif opts.samples < 2 then
    error(("search.shapley: samples is %d, expected at least 2"):format(opts.samples), 2)
  end
  local effects = (opts.exact and exact or sampled)(problem, opts)
  local ends = values.lookup(problem, { subset.none(problem.n), subset.all(problem.n) })
  local total, rows, scores = ends[2] - ends[1], {}, {}
  for i, unit in ipairs(problem.units) do
    rows[i] = { unit = unit.text, label = unit.label, shapley = effects[i], part = effects[i].estimate / total }
    scores[unit.label] = -effects[i].estimate
  end
  local how = opts.exact and rows_of.caption(problem, "Shapley values")
    or ("Shapley values: %s, %g %% intervals over %d samples"):format(rows_of.UNITS[problem.column], 100 * opts.level,
      opts.samples)
  local result = table_of(rows, { columns = { "unit", "shapley", "part" }, caption = how })
  result.scores, result.total = scores, total
  return result
end

return M
