-- Predictions of what a fit has not seen: each group of units from a fit to the others.

local native = require("residua.native").stats
local options = require("residua.options")
local regression = require("residua.stats.regression")
local sorted_keys = require("residua.sorted_keys")

local M = {}

--- Returns values less their mean, over their standard deviation (n - 1); zeros where all values are equal.
---@param values number[]
---@return number[]
---@example
---assert(stats.standardized({ 1, 2, 3 })[3] == 1 and stats.standardized({ 4, 4 })[1] == 0)
function M.standardized(values)
  options.numbers("stats.standardized", "values", values)
  local mean, squares, result = 0, 0, {}
  for _, value in ipairs(values) do
    mean = mean + value / #values
  end
  for _, value in ipairs(values) do
    squares = squares + (value - mean) ^ 2
  end
  local deviation = math.sqrt(squares / math.max(1, #values - 1))
  local constant = deviation <= 1e-12 * math.abs(mean) -- rounding of the mean
  for i, value in ipairs(values) do
    result[i] = constant and 0.0 or (value - mean) / deviation
  end
  return result
end

---@class residua.stats.Q2Opts
---@field against? number[]  what the predictions are compared with: another prediction of each unit; the mean of y by
---  default
---@field groups? any[]  label of each unit's group; groups are resampled. Each unit is one by default
---@field seed? integer  1 by default

local function mean_of(values)
  local sum = 0
  for _, value in ipairs(values) do
    sum = sum + value
  end
  return sum / #values
end

-- Sums of (y - predicted)^2 and of (y - against)^2 by group, in order of first appearance.
local function squares_by_group(y, predicted, against, groups)
  local errors, spread, place = {}, {}, {}
  for i, value in ipairs(y) do
    local label = groups and groups[i] or i
    local k = place[label] or #errors + 1
    place[label] = k
    errors[k] = (errors[k] or 0) + (value - predicted[i]) ^ 2
    spread[k] = (spread[k] or 0) + (value - against[i]) ^ 2
  end
  return errors, spread
end

--- Returns Q2 of predictions: 1 - sum of (y - predicted)^2 / sum of (y - mean)^2, with an interval over resampled
--- groups. 1 is perfect, 0 no better than the mean. Refused where y is constant.
---@param y number[]
---@param predicted number[]  of fits that have not seen the unit
---@param opts? residua.stats.Q2Opts
---@return table effect  estimate, low, high, n (groups), level; or refused
---@example
---assert(stats.q2({ 1, 2, 3, 4 }, { 1, 2, 3, 3 }).estimate == 0.8)
function M.q2(y, predicted, opts)
  options.numbers("stats.q2", "y", y)
  options.numbers("stats.q2", "predicted", predicted)
  opts = options.check("stats.q2", opts, { against = { "table" }, groups = { "table" }, seed = { "integer", 1 } })
  local lists = { predicted = predicted, against = opts.against, groups = opts.groups }
  for _, name in ipairs(sorted_keys(lists)) do
    if #lists[name] ~= #y then
      error(("stats.q2: %s: %d values where y has %d"):format(name, #lists[name], #y), 2)
    end
  end
  local against, mean, squares = {}, mean_of(y), 0
  for i, value in ipairs(y) do
    against[i], squares = opts.against and opts.against[i] or mean, squares + value ^ 2
  end
  local errors, spread = squares_by_group(y, predicted, against, opts.groups)
  if mean_of(spread) * #spread <= 1e-24 * squares then -- rounding of the mean
    return { refused = "what is predicted is the same everywhere" }
  end
  local lost = native.ratio(errors, spread, opts.seed, 0.95, 2000)
  return { estimate = 1 - lost.estimate, low = 1 - lost.high, high = 1 - math.max(lost.low, 0.0), n = #errors,
    level = lost.level }
end

-- Labels in order of first appearance, and the units of each.
local function grouped(n, groups)
  local labels, units = {}, {}
  for i = 1, n do
    local label = i
    if groups then
      label = groups[i]
    end
    if label == nil or label ~= label then
      error(("stats.held_out: groups: unit %d has none"):format(i), 3)
    end
    if not units[label] then
      labels[#labels + 1], units[label] = label, {}
    end
    table.insert(units[label], i)
  end
  return labels, units
end

-- The values of a group of units, and of all others.
local function parted(values, group)
  local inside, own, others = {}, {}, {}
  for k, i in ipairs(group) do
    inside[i], own[k] = true, values[i]
  end
  for i, value in ipairs(values) do
    others[#others + 1] = not inside[i] and value or nil
  end
  return own, others
end

---@class residua.stats.HeldOutOpts
---@field groups? any[]  label of each unit's group (layer, sentence, model), left out together; each unit is one by
---  default
---@field penalty? number  of the ridge, as `stats.ridge` has it; 1 by default
---@field standardize? boolean  penalise coefficients of features over their standard deviation; false by default
---@field seed? integer  of the interval; 1 by default

local held_out_spec = { groups = { "table" }, penalty = { "number", 1 }, standardize = { "boolean", false },
  seed = { "integer", 1 } }

--- Returns predictions of each unit from a ridge fitted to all units outside of its group, and how good they are
--- (leave one group out): Q2 against the mean of the same others. A tiny penalty gives least squares that stand
--- constant or collinear features. Q2 is refused, the predictions are not, where a fit has fewer than two degrees of
--- freedom left.
---@param y number[]
---@param features table<string, number[]>  by name
---@param opts? residua.stats.HeldOutOpts
---@return table result  predicted, mean (of the others), fitted (by the fit to all units), residuals (y - predicted),
---q2 (an effect, with an interval over groups)
---@example
---local held = stats.held_out({ 1, 2, 3, 4.1, 5, 6 }, { depth = { 0, 1, 2, 3, 4, 5 } }, { penalty = 1e-6 })
---assert(held.q2.low > 0.9 and math.abs(held.predicted[6] - 6.05) < 1e-3)
function M.held_out(y, features, opts)
  options.numbers("stats.held_out", "y", y)
  opts = options.check("stats.held_out", opts, held_out_spec)
  if type(features) ~= "table" or type(next(features)) ~= "string" then
    error("stats.held_out: features are given by name, such as { depth = { 1, 2, 3 } }", 2)
  end
  local labels, units = grouped(#y, opts.groups)
  if #labels < 2 then
    error("stats.held_out: all units are of one group; at least two are needed", 2)
  end
  local ridge_opts = { penalty = opts.penalty, standardize = opts.standardize }
  local all, fewest, names = regression.ridge(y, features, ridge_opts), #y, sorted_keys(features)
  local result = { predicted = {}, mean = {}, fitted = {}, residuals = {} }
  for _, label in ipairs(labels) do
    local own, others, _, rest = {}, {}, parted(y, units[label])
    for _, name in ipairs(names) do
      own[name], others[name] = parted(features[name], units[label])
    end
    local predicted, mean = regression.ridge(rest, others, ridge_opts):predict(own), mean_of(rest)
    fewest = math.min(fewest, #rest)
    for k, i in ipairs(units[label]) do
      result.predicted[i], result.residuals[i] = predicted[k], y[i] - predicted[k]
      result.mean[i], result.fitted[i] = mean, y[i] - all.residuals[i]
    end
  end
  local few = fewest < #names + 3 and { refused = ("%d units for %d coefficients; at least %d are needed"):format(
    fewest, #names + 1, #names + 3) }
  result.q2 = few or M.q2(y, result.predicted, { against = result.mean, groups = opts.groups, seed = opts.seed })
  return result
end

return M
