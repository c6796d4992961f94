-- Searches over models: values, costs and intervals against single runs, plans and disparities.
local disparity = require("residua.disparity")
local games = require("tests.lua.games")
local plan = require("residua.plan")
local quant = require("residua.quant")
local search = require("residua.search")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local function measured_problem(opts)
  opts = opts or {}
  opts.model, opts.texts, opts.with = support.loud_model(), support.texts(), opts.with or quant.int { bits = 2 }
  return search.problem(opts)
end

function test.values_are_rises_of_the_loss()
  local problem = measured_problem()
  local m, texts = problem.opts.model, problem.opts.texts
  local quantized = m:quantized { with = quant.int { bits = 2 }, protect = { 0, 3 } }
  t.near(problem:value { 0, 3 }, quantized:loss(texts):mean() - m:loss(texts):mean(), 1e-6)
  t.near(problem:value { 0, 1, 2, 3 }, 0, 1e-6)
  t.eq(problem:protecting({ 0, 3 }):digest(), quantized:digest())
end

function test.gaps_are_those_of_disparity()
  local problem = measured_problem { measure = "gap" }
  local m, texts = problem.opts.model, problem.opts.texts
  local quantized = m:quantized { with = quant.int { bits = 2 }, protect = { 1 } }
  local gap = disparity.compare(m, quantized, texts).gap
  t.near(problem:value { 1 }, gap.estimate, 1e-6)
  local effect = problem:effect { 1 } -- the same resamples
  t.near({ effect.estimate, effect.low, effect.high }, { gap.estimate, gap.low, gap.high }, 1e-6)
  t.near(problem:disparity({ 1 }).gap.estimate, gap.estimate, 1e-6)
end

function test.languages_and_intervals_are_those_of_disparity()
  local problem = measured_problem()
  local all, none = disparity.of(problem.opts.model:loss(problem.opts.texts),
    problem:protecting({}):loss(problem.opts.texts), 300), problem:value {}
  local rows = search.sensitivity(problem, { by = "language" })
  t.eq({ #rows, rows[2].unit, rows[2].language }, { 12, "L0", "eng" })
  local protected = problem:disparity { 0 }
  t.near(rows[2].when_protected.estimate, protected:row("eng").delta_byte.estimate
    - all:row("eng").delta_byte.estimate, 1e-6)
  t.ok(rows[2].when_protected.low <= rows[2].when_protected.estimate)
  local same = problem:effect({ 0 }, { 0 })
  t.eq({ same.estimate, same.low, same.high }, { 0, 0, 0 })
  t.near(problem:effect({ 0 }, {}).estimate, problem:value { 0 } - none, 1e-9)
end

function test.sensitivity_ranks_layers()
  local problem = measured_problem()
  local rows = search.sensitivity(problem)
  t.eq({ #rows, problem.measured }, { 4, 10 })
  t.near(rows[2].when_quantized.estimate, problem:value { 0, 2, 3 } - problem:value { 0, 1, 2, 3 }, 1e-9)
  local order = plan.rank(problem.opts.model, { per = "layer", by = rows.scores })
  t.near(order[1].score, math.max(table.unpack(games.column(order, "score"))), 0)
  local with = plan.make { with = quant.int { bits = 2 }, protect = { 1 } }:cost(problem.opts.model).bytes
  local without = plan.make { with = quant.int { bits = 2 } }:cost(problem.opts.model).bytes
  t.near(rows[2].bytes, with - without, 1e-6)
end

function test.units_are_layers_matrices_or_selectors()
  t.eq(measured_problem().n, 4)
  t.eq(measured_problem({ units = "param" }).n, 16)
  local halves = measured_problem { units = { { 0, 1 }, "L2.*", 3 } }
  t.eq({ halves.units[1].text, halves.units[2].text, halves.units[3].text }, { "L0+L1", "L2.*", "L3" })
  local row = search.sets(halves).best
  local m = halves.opts.model
  t.near(row.dnll, m:quantized({ with = quant.int { bits = 2 }, protect = row.protect }):loss(halves.opts.texts):mean()
    - m:loss(halves.opts.texts):mean(), 1e-6)
  local some = measured_problem { with = { with = quant.int { bits = 2 }, params = { 0, 2, 3 }, protect = { 3 } } }
  t.eq({ some.n, some.units[2].label }, { 2, 2 })
  t.eq(search.sets(some).best.bytes, plan.make { with = quant.int { bits = 2 }, params = { 0, 2, 3 },
    protect = { 0, 2, 3 } }:cost(m).bytes)
end

function test.budgets_of_models_hold()
  local problem = measured_problem()
  local all = search.sets(problem)
  t.eq(#all, 16)
  local middle = (all[1].bytes + all[16].bytes) / 2
  for _, row in ipairs { search.best(all, { bytes = middle }), search.greedy(problem, { bytes = middle }).best,
    search.beam(problem, { bytes = middle }).best } do
    t.ok(row.bytes <= middle)
  end
  for _, row in ipairs(search.pareto(all)) do
    t.near(row.dnll.estimate, search.best(all, { bits = row.bits }).dnll, 1e-9)
  end
  for _, row in ipairs(search.pareto(all, { value = "gap", cost = "bytes" })) do
    t.ok(row.gap.low <= row.gap.estimate and row.gap.estimate <= row.gap.high)
  end
  t.eq(problem.measured, 16)
end

function test.custom_measures_and_methods()
  local problem = measured_problem { measure = function(changed, base)
    return changed:total() - base:total()
  end }
  t.near(problem:value { 0, 1, 2, 3 }, 0, 1e-4)
  t.ok(search.sets(problem).best.value <= problem:value {})
  local effect = problem:effect {}
  t.ok(effect.low ~= effect.low) -- NaN: no interval
  local hqq = measured_problem { with = quant.hqq { bits = 2, group = 16 }, units = { { 0, 1 }, { 2, 3 } } }
  local rows = search.sets(hqq)
  t.near(search.best(rows, { size = 0 }).bytes, plan.make { with = quant.int { bits = 2, per = "group", group = 16,
    symmetric = false } }:cost(hqq.opts.model).bytes, 1e-6)
  t.ok(hqq:value {} ~= 0 and hqq:protecting({ "L0+L1" }):edited("L2.mlp.up"))
end

function test.exact_values_of_a_model_have_intervals_over_sentences()
  local rows = search.shapley(measured_problem(), { exact = true })
  t.near(games.sum(games.estimates(rows, "shapley")), rows.total, 1e-9)
  t.ok(rows[1].shapley.low <= rows[1].shapley.estimate and rows[1].shapley.n == 4)
  t.ok(tostring(rows):find("95 % intervals over 4 sentences", 1, true))
end

function test.mistakes_are_named()
  t.raises("search.problem: unknown measure 'los' (did you mean 'loss'?)", function()
    measured_problem { measure = "los" }
  end)
  t.raises("unknown units 'layers'", function()
    measured_problem { units = "layers" }
  end)
  t.raises("unit 'L1' is given twice", function()
    measured_problem { units = { 1, 2, 1 } }
  end)
  t.raises("search.problem: selector 'L9.*' matches no param", function()
    measured_problem { units = { 0, 9 } }
  end)
  t.raises("search.problem: unit 1 must be a layer, a glob or a list of these, got number", function()
    measured_problem { units = { 1.5 } }
  end)
  t.raises("search.problem: with: unknown option 'bits'", function()
    measured_problem { with = { bits = 3 } }
  end)
  t.raises("the problem has no unit '7'", function()
    measured_problem():value { 7 }
  end)
  t.raises("search.beam: a budget of bytes = 10 is below the", function()
    search.beam(measured_problem(), { bytes = 10 })
  end)
end

function test.one_direction_gives_what_both_give()
  for _, by in ipairs { "unit", "language" } do
    local both = search.sensitivity(measured_problem(), { by = by })
    local quantize = search.sensitivity(measured_problem(), { by = by, direction = "quantize" })
    local protect = search.sensitivity(measured_problem(), { by = by, direction = "protect" })
    t.eq({ #quantize, #protect }, { #both, #both })
    for i, row in ipairs(both) do
      t.eq({ quantize[i].unit, quantize[i].language, quantize[i].when_protected, protect[i].when_quantized },
        { row.unit, row.language })
      t.near(quantize[i].when_quantized.high, row.when_quantized.high, 1e-12)
      t.near(protect[i].when_protected.estimate, row.when_protected.estimate, 1e-12)
    end
  end
  t.raises("direction", function()
    search.sensitivity(measured_problem(), { direction = "up" })
  end)
end

return test
