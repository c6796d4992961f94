-- Exp-087 on models in which what a layer adds is rounded to nothing: the size of its weights says how much that is, or
-- only the size of weights that do nothing.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local LAYERS <const> = 12

-- What each layer adds, in an order of its own. INT4 rounds it to nothing beside dead weights, which are 15 times as
-- large, or with `dead` any size.
local function model_of(seed, dead)
  local gains, outliers, noise = {}, {}, tensor.rand(seed, LAYERS):totable()
  for l = 1, LAYERS do
    local gain = 0.02 * 25 ^ (5 * (l + seed) % LAYERS / (LAYERS - 1))
    gains[l], outliers[l] = { gain, gain / 2, gain / 2 }, dead and 15 * 10 ^ noise[l] / gain or 15
  end
  return copier.model(gains, outliers, seed)
end

local function judged(m, texts, model2)
  local declared, by_name = library.load("Exp-087"), {}
  local x = context.new { experiment = declared, model = m, model2 = model2, texts = texts or copier.texts(8), seed = 1,
    write = function() end }
  declared.run(declared.params, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

function test.size_predicts_what_is_lost()
  local found, x = judged(model_of(1), nil, model_of(2))
  for _, name in ipairs({ "in_sample", "layers", "pooled" }) do
    t.eq(found[name].verdict, "supported", name)
  end
  t.eq(found.matrices.why, "no disparity") -- of matrices that INT4 does not change
  t.eq(#x.figures, 3)
  local captions = {}
  for i, printed in ipairs(x.tables) do
    captions[i] = printed.caption:gsub("R2.*", "")
  end
  t.eq(captions, { "Sane, one layer quantized: ln gap", "Sane, one layer quantized: ln gap, standardized: ",
    "Naive, one layer protected: ln ratio", "Naive, one layer protected: ln ratio, standardized: ",
    "Sane, one matrix quantized", "Both models", "Both models, standardized: " })
  t.ok(x.tables[3][1].reference_delta.estimate > 0, "beside every ratio")
end

-- Over seeds 1 to 5, of the predictions about layers left out none is supported: 0 of 5.
function test.dead_weights_predict_nothing()
  for seed = 1, 5 do
    local found = judged(model_of(seed, true))
    t.ok(found.layers.verdict ~= "supported", "seed " .. seed)
    t.eq(found.pooled.verdict, "not run")
  end
end

function test.too_little_is_refused()
  local one_language = judged(model_of(1), copier.texts(4):select { "aaa" })
  t.eq({ one_language.layers.why, one_language.stated.why }, { "no disparity", "the texts have one language" })
  for name, one in pairs(judged(support.model(1, 1), support.texts())) do
    t.ok(one.verdict == "inconclusive" or one.verdict == "not run", name)
  end
end

return test
