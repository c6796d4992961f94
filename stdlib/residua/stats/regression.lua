-- Regressions: least squares, ridge, logistic probes, partial correlation.

local help = require("residua.native").help
local native = require("residua.native").stats
local options = require("residua.options")
local sorted_keys = require("residua.sorted_keys")
local table_of = require("residua.table")
local tensor = require("residua.tensor")

local M = {}

-- Predictors by name, or a tensor [items, predictors], as a tensor and names.
local function design(where, predictors)
  if type(predictors) ~= "table" then
    return predictors, nil
  end
  local names, columns = sorted_keys(predictors), {}
  if #names == 0 then
    error(where .. ": predictors are given by name, such as { size = { 1, 2, 3 } }", 3)
  end
  for i, name in ipairs(names) do
    columns[i] = predictors[name]
    if type(columns[i]) ~= "table" or #columns[i] ~= #columns[1] then
      error(("%s: predictor '%s' must be a list of as many numbers as '%s'"):format(where, name, names[1]), 3)
    end
    for item, value in ipairs(columns[i]) do
      if type(value) ~= "number" then
        error(("%s: predictor '%s': item %d must be a number, got %s"):format(where, name, item, type(value)), 3)
      end
    end
  end
  return tensor.from_table(columns, "float64"):t(), names
end

---@class residua.stats.PartialOpts
---@field kind? string  "spearman" (the default) or "pearson"
---@field level? number  0.95 by default
---@field permutations? integer  p from so many permutations of residuals; from the t distribution by default
---@field seed? integer  1 by default

--- Returns the correlation of x and y beside controls: of what is left when these are regressed out of both.
---@param x number[]
---@param y number[]
---@param controls table<string, number[]>|Tensor  by name, or [items, controls]
---@param opts? residua.stats.PartialOpts
---@return table effect  estimate, low, high (Fisher's z), p, n, level
---@example
---local e = stats.partial_correlation({ 1, 2, 3, 4, 6 }, { 2, 1, 4, 3, 7 }, { cause = { 1, 2, 3, 5, 4 } })
---assert(e.estimate >= -1 and e.estimate <= 1 and e.n == 5)
function M.partial_correlation(x, y, controls, opts)
  opts = options.check("stats.partial_correlation", opts, { kind = { "string", "spearman" },
    level = { "number", 0.95 }, permutations = { "integer", 0 }, seed = { "integer", 1 } })
  local columns, names = design("stats.partial_correlation", controls)
  return native.partial_correlation(opts.kind, x, y, columns, names, opts.level, opts.permutations, opts.seed)
end

---@class residua.stats.OlsOpts
---@field level? number  of the intervals; 0.95 by default
---@field intercept? boolean  true by default
---@field weights? number[]  of each item, such as 1 / variance

-- Adds the coefficients as a table that prints, also reached by name.
local function with_table(fit, names)
  local rows = {}
  for i, coefficient in ipairs(fit.coefficients) do
    rows[i] = { name = coefficient.name, coefficient = coefficient, p = coefficient.p }
  end
  fit.by_name = {}
  for _, coefficient in ipairs(fit.coefficients) do
    fit.by_name[coefficient.name] = coefficient
  end
  fit.coefficients, fit.names = table_of(rows, { columns = { "name", "coefficient", "p" } }), names
  return fit
end

--- Returns the linear regression of y on predictors by least squares.
---@param y number[]
---@param predictors table<string, number[]>|Tensor  by name (taken in sorted order), or [items, predictors]
---@param opts? residua.stats.OlsOpts
---@return table fit  coefficients (a Table), by_name (estimate, low, high, standard_error, p of each, and of
---"intercept"), r2, adjusted_r2, q2 (leave-one-out), residual_sd, residuals, leverage, n, degrees (of freedom left),
---level
---@example
---local fit = stats.ols({ 1, 3, 5, 7.5 }, { depth = { 0, 1, 2, 3 } })
---assert(math.abs(fit.by_name.depth.estimate - 2.15) < 1e-12 and fit.q2 < fit.r2)
function M.ols(y, predictors, opts)
  opts = options.check("stats.ols", opts,
    { level = { "number", 0.95 }, intercept = { "boolean", true }, weights = { "table" } })
  local columns, names = design("stats.ols", predictors)
  return with_table(native.ols(y, columns, names, opts.level, opts.intercept, opts.weights), names)
end

---@class residua.stats.PenaltyOpts
---@field penalty? number  on the squared coefficients, not the intercept; 1 by default
---@field standardize? boolean  penalise coefficients of predictors over their standard deviation; false by default
---@field weights? number[]  of each item

local penalty_spec = { penalty = { "number", 1 }, standardize = { "boolean", false }, weights = { "table" } }

--- A ridge regression that was fitted: what `stats.ridge` returns.
---@class Ridge
---@field intercept number
---@field coefficients number[]  by position
---@field by_name table<string, number>  where predictors have names
---@field r2 number
---@field q2 number  leave-one-out
---@field degrees number  effective degrees of freedom
---@field residuals number[]
local Ridge = {}
Ridge.__index = Ridge
Ridge.__name = "Ridge"

--- Returns the ridge regression of y on predictors (scikit-learn's `Ridge`, alpha = penalty).
---@param y number[]
---@param predictors table<string, number[]>|Tensor  by name, or [items, predictors]
---@param opts? residua.stats.PenaltyOpts
---@return table fit  intercept, coefficients (a list, by position), by_name (where predictors have names), r2, q2
---(leave-one-out), degrees (effective), residuals; its method `predict(x)` takes new items
---@example
---local fit = stats.ridge({ 1, 2, 3 }, { a = { 1, 2, 3 }, b = { 1, 2, 3 } }, { penalty = 0.1 })
---assert(math.abs(fit.by_name.a - fit.by_name.b) < 1e-12)
function M.ridge(y, predictors, opts)
  opts = options.check("stats.ridge", opts, penalty_spec)
  local columns, names = design("stats.ridge", predictors)
  local fit = native.ridge(y, columns, names, opts.penalty, opts.standardize, opts.weights)
  fit.by_name = {}
  for i, name in ipairs(names or {}) do
    fit.by_name[name] = fit.coefficients[i]
  end
  fit.names = names
  return setmetatable(fit, Ridge)
end

-- An error where predictors are not those of the fit.
local function require_same(where, names, fitted)
  local given, known = table.concat(names or {}, ", "), table.concat(fitted or {}, ", ")
  if given ~= known then
    error(("%s: it was fitted to the predictors %s, got %s"):format(where, known, given), 3)
  end
end

--- Returns what the fit says of new items.
---@param predictors table<string, number[]>|Tensor  as the ridge was fitted to
---@return number[]
---@example
---local fit = stats.ridge({ 1, 2, 3 }, { a = { 1, 2, 3 } }, { penalty = 1e-9 })
---assert(math.abs(fit:predict({ a = { 5 } })[1] - 5) < 1e-6)
function Ridge:predict(predictors)
  local columns, names = design("Ridge:predict", predictors)
  require_same("Ridge:predict", names, self.names)
  local slopes = tensor.from_table(self.coefficients, "float64"):reshape({ -1, 1 })
  return (columns:matmul(slopes) + self.intercept):reshape(-1):totable()
end

--- A logistic regression that was fitted: what `stats.logistic` returns.
---@class Probe
---@field classes any[]  the labels, sorted
---@field coefficients Tensor  [1 or classes, predictors]
---@field intercepts number[]
---@field training_loss number  [nats]
local Probe = {}
Probe.__index = Probe
Probe.__name = "Probe"

-- The label of each class in sorted order, and labels as positions in it.
local function classes_of(labels)
  if type(labels) ~= "table" then
    error("stats.logistic: labels must be a list, got " .. type(labels), 3)
  end
  local codes, classes, coded = {}, {}, {}
  for i, label in ipairs(labels) do
    if label ~= label then
      error(("stats.logistic: label %d is NaN; leave the item out"):format(i), 3)
    elseif codes[label] == nil then
      codes[label] = true
      classes[#classes + 1] = label
    end
  end
  table.sort(classes, function(a, b) return tostring(a) < tostring(b) end)
  for code, label in ipairs(classes) do
    codes[label] = code
  end
  for i, label in ipairs(labels) do
    coded[i] = codes[label]
  end
  return classes, coded
end

--- Returns a logistic regression of labels on predictors, two classes or many: a linear probe. Its methods take new
--- items: `probabilities(x)`, `predict(x)`, `accuracy(x, labels)` and `log_loss(x, labels)` (nats per item).
---@param labels any[]  of each item; classes are ordered by their text
---@param predictors table<string, number[]>|Tensor  by name, or [items, predictors]
---@param opts? residua.stats.PenaltyOpts
---@return table probe  classes, coefficients (Tensor [1 or classes, predictors]), intercepts, training_loss (log-loss
---of the training items, without the penalty), steps
---@example
---local x = { size = { 1, 2, 3, 4, 5, 6 } }
---local probe = stats.logistic({ "low", "low", "low", "top", "top", "top" }, x)
---assert(probe:predict(x)[6] == "top" and probe:accuracy(x, { "low", "low", "low", "top", "top", "top" }) == 1)
function M.logistic(labels, predictors, opts)
  opts = options.check("stats.logistic", opts, penalty_spec)
  local columns, names = design("stats.logistic", predictors)
  local classes, coded = classes_of(labels)
  local fit = native.logistic(coded, columns, names, opts.penalty, opts.standardize, opts.weights)
  fit.names = names
  fit.classes, fit.training_loss, fit.log_loss = classes, fit.log_loss, nil -- the name is a method
  return setmetatable(fit, Probe)
end

-- What predictors are, in words: their names, or how many columns a tensor has.
local function described(names, columns)
  return names and "the predictors " .. table.concat(names, ", ") or ("a tensor of %d columns"):format(columns:size(-1))
end

--- Returns the probability of each class for each item.
---@param predictors table<string, number[]>|Tensor  as the probe was fitted to
---@return number[][]  [items][classes], classes in the order of `classes`
function Probe:probabilities(predictors)
  local columns, names = design("Probe:probabilities", predictors)
  local given, fitted = described(names, columns), described(self.names, self.coefficients)
  if given ~= fitted then
    error(("Probe: it was fitted to %s, got %s"):format(fitted, given), 2)
  end
  return native.probabilities(self.coefficients, self.intercepts, columns)
end

--- Returns the most likely class of each item.
---@param predictors table<string, number[]>|Tensor
---@return any[]
function Probe:predict(predictors)
  local predicted = {}
  for i, row in ipairs(self:probabilities(predictors)) do
    local best = 1
    for k = 2, #row do
      best = row[k] > row[best] and k or best
    end
    predicted[i] = self.classes[best]
  end
  return predicted
end

local function require_labels(count, labels)
  if count ~= #labels then
    error(("Probe: %d labels for %d items; give one for each"):format(#labels, count), 3)
  end
end

--- Returns the share of items whose most likely class is theirs.
---@param predictors table<string, number[]>|Tensor
---@param labels any[]
---@return number  0 to 1
function Probe:accuracy(predictors, labels)
  local predicted, right = self:predict(predictors), 0
  require_labels(#predicted, labels)
  for i, class in ipairs(predicted) do
    right = right + (class == labels[i] and 1 or 0)
  end
  return right / #labels
end

--- Returns the mean of -ln of the probability of each item's class, in nats; infinite where a label is new.
---@param predictors table<string, number[]>|Tensor
---@param labels any[]
---@return number
function Probe:log_loss(predictors, labels)
  local rows, sum, codes = self:probabilities(predictors), 0, {}
  require_labels(#rows, labels)
  for code, class in ipairs(self.classes) do
    codes[class] = code
  end
  for i, row in ipairs(rows) do
    sum = sum - math.log(row[codes[labels[i]]] or 0)
  end
  return sum / #labels
end

help.publish("Probe:", Probe)
help.publish("Ridge:", Ridge)

return M
