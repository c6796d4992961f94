-- All sets, and the best of them within a budget.

local budgets = require("residua.search.budget")
local options = require("residua.options")
local problem_of = require("residua.search.problem").made
local rows_of = require("residua.search.rows")
local subset = require("residua.search.subset")

local M = {}

local MOST_UNITS <const> = 14 -- 2^14 sets
local SHOWN <const> = 20

--- Returns the row of a search with the least measure within a budget, or nil where none fits.
---@param rows Table  of `search.sets`, `search.greedy` or `search.beam`
---@param budget? table  at most so many bytes, mean bits, share of all weights in full precision (0 to 1), or size
---(units): { bytes = 2e6 }
---@return table? row  of equal ones the smallest set
---@example
---local p = search.problem { units = 3, value = function(sets)
---  local sums = {}
---  for i, set in ipairs(sets) do
---    sums[i] = 6
---    for _, unit in ipairs(set) do sums[i] = sums[i] - unit end
---  end
---  return sums
---end }
---assert(search.best(search.sets(p), { size = 2 }).set == "2 3")
function M.best(rows, budget)
  if type(rows) ~= "table" or not rows.measure then
    error("search.best: rows of search.sets, search.greedy or search.beam expected", 2)
  end
  return budgets.best_of(rows, options.check("search.best", budget, budgets.with_limits {}), rows.measure)
end

-- A table of sets that prints its first rows only.
local function shortened(result)
  if #result > SHOWN then
    local whole = getmetatable(result)
    setmetatable(result, { __index = whole.__index, __name = whole.__name, __tostring = function(self)
      local head = setmetatable({ columns = self.columns, caption = self.caption }, whole)
      return ("%s\n... and %d more"):format(tostring(table.move(self, 1, SHOWN, 1, head)), #self - SHOWN)
    end })
  end
  return result
end

--- Returns all sets of at most 14 units, the best first. Rows have numbers without intervals; `best` is the first row,
--- `search.best` finds the one for a budget, `search.pareto` the one for every budget. The least of many measured
--- values is too low: confirm the chosen set by `Problem:effect` on other texts.
---@param question residua.search.ProblemOpts|Problem
---@return Table rows  set, size, units, protect (for `model:quantized`), dnll, gap, bits, bytes, share (of all weights,
---in full precision, 0 to 1), collapsed; or value
---@example
---local texts = corpus.load("parallel16", { sentences = 1, languages = { "eng", "heb" } })
---local all = search.sets { model = model.load("mini"), texts = texts, with = quant.int { bits = 3 },
---  units = { 0, "L*.mlp.*" } }
---assert(#all == 4 and all.best.set == "all")
function M.sets(question)
  local problem = problem_of("search.sets", question)
  if problem.n > MOST_UNITS then
    error(("search.sets: %d units have 2^%d sets, the most is 2^%d; search.beam and search.shapley ask fewer"):format(
      problem.n, problem.n, MOST_UNITS), 2)
  end
  local rows = rows_of.of(problem, subset.every(problem.n))
  for place, row in ipairs(rows) do
    row.place = place
  end
  table.sort(rows, function(a, b)
    local x, y = a[problem.column], b[problem.column]
    x, y = x == x and x or math.huge, y == y and y or math.huge -- NaN last
    if x ~= y or a.size ~= b.size then
      return x < y or x == y and a.size < b.size
    end
    return a.place < b.place
  end)
  local result = rows_of.table_of_sets(problem, rows, "All sets, the best first: " .. rows_of.UNITS[problem.column])
  result.best = rows[1]
  return shortened(result)
end

return M
