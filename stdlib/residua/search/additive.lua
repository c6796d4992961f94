-- Additive prediction: the value of a set as the sum of the effects of its units, against truth.

local direction_of = require("residua.search.direction")
local options = require("residua.options")
local problems = require("residua.search.problem")
local rows_of = require("residua.search.rows")
local stats = require("residua.stats")
local subset = require("residua.search.subset")
local table_of = require("residua.table")
local values = require("residua.search.values")

local M = {}

-- The given sets, or random ones with at least two units in and two out: of the others single effects tell all.
local function chosen_sets(problem, opts)
  local sets, seen = {}, {}
  for i, item in ipairs(opts.sets or {}) do
    sets[i] = problems.set_of(problem, type(item) == "table" and item.units or item, 3)
  end
  for _, set in ipairs(opts.sets and {} or subset.random(problem.n, opts.samples, opts.seed)) do
    local size = subset.size(set)
    if not seen[set] and size >= 2 and size <= problem.n - 2 then
      seen[set], sets[#sets + 1] = true, set
    end
  end
  if #sets < 2 then
    error("search.additive: fewer than two sets to predict; give sets, or more samples or units", 3)
  end
  return sets
end

-- The sets whose values a prediction rests on: the start, then one unit changed.
local function support(problem, direction)
  local start, change = direction_of.start(problem, direction)
  local sets = { start }
  for i = 1, problem.n do
    sets[i + 1] = change(start, i)
  end
  return sets
end

local function predictions(problem, sets, direction)
  local known, predicted = values.lookup(problem, support(problem, direction)), {}
  local start = direction_of.start(problem, direction)
  for k, set in ipairs(sets) do
    predicted[k] = known[1]
    for i = 1, problem.n do
      if subset.has(set, i) ~= subset.has(start, i) then
        predicted[k] = predicted[k] + known[i + 1] - known[1]
      end
    end
  end
  return predicted
end

local function mean(list)
  local sum = 0
  for _, value in ipairs(list) do
    sum = sum + value
  end
  return sum / #list
end

-- Sums of (a - mean a)(b - mean b).
local function cross(a, b)
  local mean_a, mean_b, sum = mean(a), mean(b), 0
  for i = 1, #a do
    sum = sum + (a[i] - mean_a) * (b[i] - mean_b)
  end
  return sum
end

local function rank_correlation(a, b)
  local x, y = stats.ranks(a), stats.ranks(b)
  return cross(x, y) / math.sqrt(cross(x, x) * cross(y, y))
end

-- How well one direction predicts.
local function compared(problem, sets, truth, predicted, direction)
  local errors, squares, worst = {}, {}, 1
  for i = 1, #truth do
    errors[i] = predicted[i] - truth[i]
    squares[i] = errors[i] ^ 2
    worst = squares[i] > squares[worst] and i or worst
  end
  return { direction = direction, r2 = 1 - mean(squares) * #truth / cross(truth, truth),
    rank_correlation = rank_correlation(truth, predicted), mean_error = mean(errors), rmse = math.sqrt(mean(squares)),
    worst = rows_of.name_of(problem, sets[worst]), worst_units = values.labels_of(problem, sets[worst]),
    worst_truth = truth[worst], worst_predicted = predicted[worst] }
end

---@class residua.search.AdditiveOpts
---@field sets? table  sets to predict, or rows of a search, such as those of `search.sets`; random ones by default
---@field samples? integer  random sets, their sizes uniform, those of under two units in or out dropped; 64 by default
---@field seed? integer  1 by default

--- Returns how well the value of a set is predicted by the sum of single effects, in both directions: from the value of
--- no unit protected plus what protecting each does alone, or from that of all protected plus what quantizing each does
--- alone. r2 is 1 - SSE / SST of the prediction as it is (nothing is fitted; below 0 the mean predicts better),
--- rank_correlation is Spearman's, errors are prediction less truth. Field `sets` has a row per set.
---@param question residua.search.ProblemOpts|Problem
---@param opts? residua.search.AdditiveOpts
---@return Table rows  direction, r2, rank_correlation, mean_error, rmse, worst (the set with the greatest error),
---worst_truth, worst_predicted
---@example
---local p = search.problem { units = 6, value = function(sets)
---  local sizes = {}
---  for i, set in ipairs(sets) do sizes[i] = 3 * #set end
---  return sizes
---end }
---assert(search.additive(p)[1].r2 == 1)
function M.additive(question, opts)
  local problem = problems.made("search.additive", question)
  opts = options.check("search.additive", opts,
    { sets = { "table" }, samples = { "integer", 64 }, seed = { "integer", 1 } })
  local sets = chosen_sets(problem, opts)
  local asked = table.move(sets, 1, #sets, 1, {})
  for _, direction in ipairs(direction_of.NAMES) do
    local more = support(problem, direction)
    table.move(more, 1, #more, #asked + 1, asked)
  end
  values.lookup(problem, asked) -- one batch
  local truth, rows, detail = values.lookup(problem, sets), {}, {}
  for i, set in ipairs(sets) do
    detail[i] = { set = rows_of.name_of(problem, set), units = values.labels_of(problem, set), truth = truth[i] }
  end
  for d, direction in ipairs(direction_of.NAMES) do
    local predicted = predictions(problem, sets, direction)
    rows[d] = compared(problem, sets, truth, predicted, direction)
    for i, value in ipairs(predicted) do
      detail[i][direction] = value
    end
  end
  local result = table_of(rows, { columns = { "direction", "r2", "rank_correlation", "mean_error", "rmse", "worst",
    "worst_truth", "worst_predicted" },
    caption = ("Sum of single effects against truth on %d sets: %s"):format(#sets, rows_of.UNITS[problem.column]) })
  result.sets = table_of(detail, { columns = { "set", "truth", "protect", "quantize" } })
  return result
end

return M
