-- Values of sets: measured in one batch, kept, combined linearly, with intervals over sentences.

local measured = require("residua.search.measured")
local plan = require("residua.plan")
local stats = require("residua.stats")
local subset = require("residua.search.subset")
local sweep = require("residua.sweep")
local units = require("residua.search.units")

local FEWEST_SENTENCES <const> = 3 -- fewer give no interval

-- Labels of the units in a set.
local function labels_of(problem, set)
  local list = {}
  for i, position in ipairs(subset.members(set)) do
    list[i] = problem.units[position].label
  end
  return list
end

-- What protects a set, beside what the scheme protects anyway.
local function selectors_of(problem, set)
  local list = {}
  for _, position in ipairs(subset.members(set)) do
    local unit = problem.units[position].selectors
    table.move(unit, 1, #unit, #list + 1, list)
  end
  return list
end

-- The options of `model:quantized` under which a set is protected.
local function quantize_opts(problem, set)
  local protect, own = units.always_protected(problem.scheme, problem.opts.model), selectors_of(problem, set)
  return { with = problem.scheme.with, params = problem.scheme.params,
    protect = table.move(own, 1, #own, #protect + 1, protect) }
end

local function model_of(problem, set)
  return problem.opts.model:quantized(quantize_opts(problem, set))
end

-- Bytes, mean bits and protected share of a set, as its plan costs them; of a problem without model its bytes.
local function cost_of(problem, set)
  local cost = problem.costs[set]
  if not cost then
    if problem.opts.model then
      local c = plan.make(units.plain(quantize_opts(problem, set)), problem.opts.model):cost(problem.opts.model)
      cost = { bytes = c.bytes, bits = c.mean_bits, share = c.protected_share }
    else
      cost = { bytes = problem.opts.cost and problem.opts.cost(labels_of(problem, set)) }
    end
    problem.costs[set] = cost
  end
  return cost
end

local function measure(problem, sets)
  local opts, models = problem.opts, {}
  for i, set in ipairs(sets) do
    models[i] = model_of(problem, set)
  end
  if not problem.base then
    models[#models + 1] = opts.model
  end
  local rows = sweep { models = models, texts = opts.texts, measure = "loss" }
  problem.base = problem.base
    or measured.new(rows[#rows].loss, opts.model:architecture().vocab, opts)
  local numbers = {}
  for i, set in ipairs(sets) do
    local loss = rows[i].loss
    problem.losses[set], problem.summaries[set] = loss, measured.summary(problem.base, loss)
    numbers[i] = type(opts.measure) == "function" and opts.measure(loss, problem.base.base)
      or problem.summaries[set][problem.column]
  end
  return numbers
end

local function ask(problem, sets)
  local lists = {}
  for i, set in ipairs(sets) do
    lists[i] = labels_of(problem, set)
  end
  return problem.opts.value(lists)
end

local function check(numbers, count)
  if type(numbers) ~= "table" or #numbers ~= count then
    error(("search: the function 'value' must return a list of %d numbers, one per set, got %s"):format(count,
      type(numbers) == "table" and #numbers or type(numbers)), 0)
  end
  for i, number in ipairs(numbers) do
    if type(number) ~= "number" then
      error(("search: the value of set %d of a batch must be a number, got %s"):format(i, type(number)), 0)
    end
  end
end

-- Values of sets, in order; those that are not known yet are measured in one batch.
local function lookup(problem, sets)
  local missing, seen, values = {}, {}, {}
  for _, set in ipairs(sets) do
    if not problem.known[set] and not seen[set] then
      seen[set], missing[#missing + 1] = true, set
    end
  end
  if #missing > 0 then
    local numbers = (problem.opts.model and measure or ask)(problem, missing)
    check(numbers, #missing)
    for i, set in ipairs(missing) do
      problem.known[set] = numbers[i] + 0.0
    end
    problem.measured = problem.measured + #missing
  end
  for i, set in ipairs(sets) do
    values[i] = problem.known[set]
  end
  return values
end

-- Whether the values of a problem have resamples of sentences.
local function resampled(problem)
  return problem.base and type(problem.opts.measure) == "string" and problem.base.sentences >= FEWEST_SENTENCES
end

-- Sums over sets of weight times value, one per row of `weights` [combinations][sets]: effects with intervals over
-- sentences, resampled jointly for all sets, where the values are measured on at least 3 sentences. `axis` replaces
-- the measure of the problem: { language = code }.
local function combine(problem, sets, weights, axis)
  local values, effects = lookup(problem, sets), {}
  local losses, level = {}, problem.opts.level
  for i, set in ipairs(sets) do
    losses[i] = problem.losses[set]
  end
  local drawn, errors
  if axis or resampled(problem) then
    drawn, errors = measured.sums(problem.base, losses, weights, axis or problem.column)
  end
  for c, row in ipairs(weights) do
    local sum = 0
    for i, weight in ipairs(row) do
      sum = sum + weight * values[i]
    end
    local effect = { estimate = sum, low = 0 / 0, high = 0 / 0, level = level,
      n = problem.base and problem.base.sentences }
    if drawn then
      effect = stats.from_draws(drawn:select(1, c), { n = effect.n, level = level, extreme = errors ~= nil,
        errors = errors and { most = errors.most:select(1, c), least = errors.least:select(1, c) } })
      effect.estimate = axis and effect.estimate or sum
    end
    effects[c] = effect
  end
  return effects
end

-- The same from sparse combinations, each a map from sets to weights.
local function combine_sparse(problem, combinations, axis)
  local place, sets, weights = {}, {}, {}
  for _, combination in ipairs(combinations) do
    for set in pairs(combination) do
      if not place[set] then
        sets[#sets + 1], place[set] = set, 0
      end
    end
  end
  table.sort(sets) -- pairs gives them in any order
  for c, combination in ipairs(combinations) do
    weights[c] = {}
    for i, set in ipairs(sets) do
      weights[c][i] = combination[set] or 0.0
    end
  end
  return combine(problem, sets, weights, axis)
end

return { lookup = lookup, combine = combine, combine_sparse = combine_sparse, cost_of = cost_of,
  labels_of = labels_of, selectors_of = selectors_of, model_of = model_of, resampled = resampled }
