-- Which set to protect for a budget, step by step: greedy and beam search.

local budgets = require("residua.search.budget")
local direction_of = require("residua.search.direction")
local options = require("residua.options")
local problem_of = require("residua.search.problem").made
local rows_of = require("residua.search.rows")
local sorted_keys = require("residua.sorted_keys")
local subset = require("residua.search.subset")
local values = require("residua.search.values")

local M = {}

-- Sets that differ from one of the beam by one unit more.
local function children(problem, beam, direction)
  local start, change = direction_of.start(problem, direction)
  local list, seen = {}, {}
  for _, set in ipairs(beam) do
    for i = 1, problem.n do
      local child = change(set, i)
      if subset.has(set, i) == subset.has(start, i) and not seen[child] then
        seen[child], list[#list + 1] = true, child
      end
    end
  end
  return list
end

local function cost_row(problem, set)
  local cost = values.cost_of(problem, set)
  return { bytes = cost.bytes, bits = cost.bits, share = cost.share, size = subset.size(set) }
end

-- The best sets of a level, at most `width`; of equal ones the first.
local function head(problem, sets, width)
  local numbers, place = values.lookup(problem, sets), {}
  for i, set in ipairs(sets) do
    place[set] = { value = numbers[i] == numbers[i] and numbers[i] or math.huge, at = i }
  end
  local sorted = table.move(sets, 1, #sets, 1, {})
  table.sort(sorted, function(a, b)
    local x, y = place[a], place[b]
    return x.value < y.value or x.value == y.value and x.at < y.at
  end)
  return table.move(sorted, 1, math.min(width, #sorted), 1, {})
end

-- The best set of each level, where there is one the best that fits. Protecting stops where nothing more fits,
-- quantizing where all that is left fits.
local function walk(problem, direction, width, limits)
  local function fitting(sets)
    local list = {}
    for _, set in ipairs(sets) do
      list[#list + 1] = budgets.fits(cost_row(problem, set), limits) and set or nil
    end
    return list
  end
  local beam, levels = { (direction_of.start(problem, direction)) }, {}
  while #beam > 0 do
    beam = head(problem, beam, width)
    local inside = fitting(beam)
    levels[#levels + 1] = inside[1] or beam[1]
    local next_level = children(problem, beam, direction)
    if direction == "protect" then
      beam = fitting(next_level)
    else
      beam = next(limits) and #inside == #beam and {} or next_level
    end
  end
  return levels
end

---@class residua.search.BeamOpts
---@field width? integer  sets that are kept per size; 8 by default
---@field direction? string  "protect" (the default: from none upwards) or "quantize" (from all downwards)
---@field bytes? number  budgets, of which several may be given: at most so many bytes,
---@field bits? number  mean bits per weight,
---@field share? number  share of all weights in full precision, 0 to 1,
---@field size? integer  units

local function run(where, problem, opts, spec)
  opts = options.check(where, opts, budgets.with_limits(spec), 4)
  options.one_of(where, "direction", opts.direction, direction_of.NAMES, 4)
  local width = opts.width or 1
  if width < 1 then
    error(("%s: width is %d, expected at least 1"):format(where, width), 3)
  end
  local limits, least = budgets.limits_of(where, problem, opts), cost_row(problem, subset.none(problem.n))
  for _, name in ipairs(sorted_keys(limits)) do
    if least[name] > limits[name] then
      error(("%s: a budget of %s = %s is below the %s of protecting nothing"):format(where, name,
        ("%.14g"):format(limits[name]), ("%.14g"):format(least[name])), 3)
    end
  end
  local levels = walk(problem, opts.direction, width, limits)
  local rows = rows_of.with_effects(problem, rows_of.of(problem, levels), levels)
  local result = rows_of.table_of_sets(problem, rows, rows_of.caption(problem, "Best set of each size"))
  result.best = budgets.best_of(rows, limits, problem.column)
  return result, levels
end

--- Searches with a beam: of each size the `width` best sets are kept and grown by one unit in every way, each size
--- measured in one batch. From none upwards, a width of at least the number of sets of any size finds the optimum; from
--- all downwards the search ends where all that it holds fits the budget. Returns the best set of each size that was
--- visited; `best` is the best of those within the budget, on the texts that chose it.
---@param question residua.search.ProblemOpts|Problem
---@param opts? residua.search.BeamOpts
---@return Table rows  as `search.sets`, the measure with an interval over sentences
---@example
---local texts = corpus.load("parallel16", { sentences = 1, languages = { "eng" } })
---local p = search.problem { model = model.load("mini"), texts = texts, with = quant.int { bits = 3 },
---  units = { 0, 5, 11 } }
---local found = search.beam(p, { width = 2, size = 1 })
---assert(#found == 2 and found.best.size == 1 and p.measured == 4)
function M.beam(question, opts)
  local result = run("search.beam", problem_of("search.beam", question), opts,
    { width = { "integer", 8 }, direction = { "string", "protect" } })
  return result
end

---@class residua.search.GreedyOpts
---@field direction? string  "protect" (the default: add the best unit each time) or "quantize" (drop the least harmful)
---@field bytes? number  budgets, as for `search.beam`
---@field bits? number
---@field share? number
---@field size? integer

--- Searches greedily: the unit that leaves the least value is protected, then the next, until nothing more fits the
--- budget (or quantized, from all, until the set fits). It is a beam of width 1. `order` lists the units as they came.
---@param question residua.search.ProblemOpts|Problem
---@param opts? residua.search.GreedyOpts
---@return Table rows  as `search.beam`, with `unit`: what this step protected or quantized
---@example
---local p = search.problem { units = { "a", "b" }, value = function(sets)
---  local worth = {}
---  for i, set in ipairs(sets) do
---    worth[i] = 3 - #set - (set[#set] == "b" and 1 or 0)
---  end
---  return worth
---end }
---assert(search.greedy(p).order[1] == "b" and search.greedy(p).best.set == "all")
function M.greedy(question, opts)
  local problem = problem_of("search.greedy", question)
  local result, levels = run("search.greedy", problem, opts, { direction = { "string", "protect" } })
  result.order = {}
  table.insert(result.columns, 1, "unit")
  for step = 2, #levels do
    for i, unit in ipairs(problem.units) do
      if subset.has(levels[step], i) ~= subset.has(levels[step - 1], i) then
        result[step].unit, result.order[step - 1] = unit.text, unit.label
      end
    end
  end
  return result
end

return M
