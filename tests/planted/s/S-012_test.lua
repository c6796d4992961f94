-- S-012 on pairs of models whose layers lose what their weights say, or what dead weights hide, at the same relative
-- depths or at others.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, model2, texts)
  local declared, by_name = library.load("S-012"), {}
  local x = context.new { experiment = declared, model = m, model2 = model2, texts = texts or copier.texts(8), seed = 1,
    write = function() end }
  declared.run(declared.params, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

-- INT4 rounds to nothing what layers add, which is gain(depth, layer), beside dead weights that are 15 times as large,
-- so that the variance tells, or with `dead` of any size.
local function model_of(layers, seed, gain, dead)
  local gains, outliers, random = {}, {}, tensor.rand(seed + 7, layers):totable()
  for l = 1, layers do
    local most = gain((l - 0.5) / layers, l)
    gains[l], outliers[l] = { most, most / 2, most / 2 }, dead and 15 * 10 ^ random[l] / most or 15
  end
  return copier.model(gains, outliers, seed)
end

local function anywhere(seed)
  local random = tensor.rand(seed, 40):totable()
  return function(_, l)
    return 0.02 * 40 ^ random[l]
  end
end

local function wave(depth)
  return 0.02 * 40 ^ (0.5 + 0.5 * math.sin(12 * depth))
end

local function verdicts(found)
  return { found.place.verdict, found.theory.verdict, found.place_beside.verdict, found.theory_beside.verdict }
end

function test.the_same_places()
  local found, x = judged(model_of(12, 1, wave, true), model_of(9, 2, wave, true))
  t.eq({ found.place.verdict, found.place_beside.verdict }, { "supported", "supported" })
  t.ok(found.theory_beside.verdict ~= "supported")
  t.eq({ #x.tables, #x.figures, #x.tables[1] }, { 1, 1, 21 })
end

function test.the_same_theory()
  t.eq(verdicts(judged(model_of(12, 1, anywhere(1)), model_of(10, 2, anywhere(3)))),
    { "inconclusive", "supported", "inconclusive", "supported" })
end

-- What rises with depth in both models agrees, though one has nothing to say about the other.
function test.a_trend_is_told_apart()
  local function rising(seed)
    local random = tensor.rand(seed, 40):totable()
    return function(depth, l)
      return 0.02 * 30 ^ depth * 2 ^ random[l]
    end
  end
  local found = judged(model_of(12, 3, rising(3), true), model_of(10, 4, rising(4), true))
  t.eq(found.place.verdict, "supported")
  t.ok(found.place_beside.verdict ~= "supported")
end

-- Over seeds 1 to 5 none of the four predictions is supported: 0 of 20.
function test.unrelated_models()
  for seed = 1, 5 do
    for i, one in ipairs(verdicts(judged(model_of(12, seed, anywhere(seed), true),
      model_of(10, 100 + seed, anywhere(100 + seed), true)))) do
      t.ok(one ~= "supported", ("prediction %d, seed %d"):format(i, seed))
    end
  end
end

function test.what_is_missing_is_said()
  local found, x = judged(model_of(8, 1, wave), nil)
  for _, one in pairs(found) do
    t.eq({ one.verdict, one.why }, { "not run", "needs a second model: --model2" })
  end
  t.eq(#x.tables, 0) -- before anything is measured
  for _, one in pairs(judged(support.model(1, 1), support.model(2, 3), support.texts())) do
    t.eq({ one.verdict, one.why }, { "not run", "1 and 3 layers; 6 are needed" })
  end
end

return test
