-- Sweeps: the same numbers as one by one, equal models once, messages.
local corpus = require("residua.corpus")
local plan = require("residua.plan")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local sweep = require("residua.sweep")
local t = require("residua.testing")

local test = t.suite()

local function plans()
  return { plan.make(quant.sane { bits = 2 }), plan.make(quant.sane { bits = 2, protect = { 0 } }),
    plan.make(quant.naive { bits = 3 }), plan.make(quant.sane { bits = 2 }) }
end

function test.a_sweep_gives_what_single_runs_give()
  local m, texts = support.loud_model(), support.texts()
  local rows = sweep { model = m, plans = plans(), texts = texts, measure = "loss" }
  t.eq(#rows, 4)
  for i, made in ipairs(plans()) do
    t.eq(rows[i].plan:digest(), made:digest())
    t.near(rows[i].loss.nll, m:with(made):loss(texts).nll, 1e-4)
  end
  t.eq(rows[1].loss.nll, rows[4].loss.nll)
  t.ok(rows[1].loss:total() ~= rows[2].loss:total())
end

function test.rows_show_what_tells_plans_apart()
  local m, texts, made = support.loud_model(), support.texts(), {}
  for layer = 0, 1 do
    made[layer + 1] = plan.make { with = quant.int { bits = 4 }, protect = { layer } }
  end
  local rows = sweep { model = m, plans = made, texts = texts }
  t.eq({ rows[1].label, rows[2].label }, { "protect L0.*", "protect L1.*" })
  local one = sweep { model = m, plans = { made[1] }, texts = texts }
  t.ok(one[1].label:find("int4", 1, true) and one[1].label:find("protect L0.*", 1, true), one[1].label)
end

function test.models_and_plans_are_two_ways_to_ask()
  local m, texts = support.loud_model(), support.texts()
  local models = {}
  for i, made in ipairs(plans()) do
    models[i] = m:with(made)
  end
  local by_model = sweep { models = models, texts = texts }
  local by_plan = sweep { model = m, plans = plans(), texts = texts }
  for i = 1, 4 do
    t.near(by_model[i].loss.nll, by_plan[i].loss.nll, 1e-6)
    t.eq(by_model[i].model, models[i])
    t.eq(by_model[i].plan, nil)
  end
end

function test.batching_does_not_change_results()
  local m, texts = support.loud_model(), support.texts()
  local whole = m:loss(texts)
  for i = 1, texts:count() do
    t.near(m:loss(corpus.of({ eng = { texts:text(i) } })):total(), whole.nll[i], 1e-4)
  end
end

function test.shared_layers_are_counted()
  local m, texts = support.model(), support.texts()
  local last = m:quantized(quant.sane { protect = { 0, 1, 2 } })
  local same = sweep.explain { models = { m, m }, texts = texts }
  t.eq({ same.models, same.distinct, same.share, same.tensors }, { 2, 1, 0.5, 0 })
  t.ok(tostring(same):find("2 models, 1 of them distinct\nlayers and heads to run: 5, not 10", 1, true), same)
  -- Four layers and the head each: the first three layers are computed once.
  t.near(sweep.explain({ models = { m, last }, texts = texts }).share, 7 / 10, 1e-12)
  t.eq(sweep.explain({ models = { m, m:quantized(quant.naive()) }, texts = texts }).share, 1)
end

function test.rows_print_their_mean()
  local m = support.model()
  local rows = sweep { models = { m }, texts = support.texts() }
  t.eq(rows[1].mean, rows[1].loss:mean())
  t.ok(tostring(rows):find("^Loss %[nats per token%].*\nmodel%s+mean\n"), tostring(rows))
end

function test.no_models_give_no_rows()
  t.eq(sweep { models = {}, texts = support.texts() }, {})
end

function test.tokens_are_encoded_once()
  local m, texts = support.model(), support.texts()
  t.ok(rawequal(sweep.tokens(m, texts), sweep.tokens(support.model(2), texts)))
end

function test.mistakes_are_named()
  local m, texts = support.model(), support.texts()
  t.raises("sweep: unknown measure 'speed', expected one of: loss", function()
    sweep { models = { m }, texts = texts, measure = "speed" }
  end)
  t.raises("sweep.explain: there is no model to run", function()
    sweep.explain { models = {}, texts = texts }
  end)
  t.raises("sweep: option 'texts' is missing; name a corpus", function()
    sweep { models = { m } }
  end)
  t.raises("sweep: give models, or model and plans", function()
    sweep { model = m, texts = texts }
  end)
  t.raises("sweep: unknown option 'text' (did you mean 'texts'?)", function()
    sweep { models = { m }, text = texts }
  end)
  t.raises("models of one batch differ in architecture", function()
    sweep { models = { m, support.model(1, 2) }, texts = texts }
  end)
  t.raises("text 1 has", function()
    m:loss(corpus.of { eng = { ("x"):rep(2000) } })
  end)
end

return test
