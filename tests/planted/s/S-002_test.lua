-- S-002 on models in which what a layer adds is rounded to nothing: the size of its weights says how much that is, or
-- only the size of weights that do nothing.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local LAYERS <const> = 10

-- What each layer adds, from 0.1 to `most` times that, in an order of its own. INT4 rounds it to nothing beside dead
-- weights, which are 15 times as large, or with `dead` any size.
local function model_of(most, seed, dead)
  local gains, outliers, noise = {}, {}, tensor.rand(seed, LAYERS):totable()
  for l = 1, LAYERS do
    local gain = 0.1 * most ^ (3 * (l + seed) % LAYERS / (LAYERS - 1))
    gains[l], outliers[l] = { gain, gain / 2, gain / 2 }, dead and 15 * 10 ^ noise[l] / gain or 15
  end
  return copier.model(gains, outliers, seed)
end

local function judged(m, texts, sentences)
  local declared, by_name = library.load("S-002"), {}
  local x = context.new { experiment = declared, model = m, texts = texts or copier.texts(sentences or 24), seed = 1,
    write = function() end }
  declared.run({ bits = 4, scheme = "sane", sentences = sentences or 24, sets = 100 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

function test.a_formula_that_holds_finds_the_layers()
  local found, x = judged(model_of(6, 1))
  t.eq({ found.formula.verdict, found.rank.verdict }, { "supported", "supported" })
  t.eq(x.tables[1][2].protects, "1 4 7") -- the three that add most: 0.5, 0.6, 0.41
  t.eq(x.tables[1][3].plan, "best of 100 others")
  t.ok(x.tables[1][3].gap_left.estimate > 0.9 * x.tables[1][2].gap_left.estimate, "none is much better")
  t.eq(#x.figures, 1)
end

function test.half_of_the_gap_is_reached()
  t.eq(judged(model_of(100, 1), nil, 48).stated.verdict, "supported")
end

-- The fit to all layers may find what it has seen. Of the predictions without it none is supported over seeds 1 to 5:
-- 0 of 15.
function test.a_formula_that_does_not_hold()
  for seed = 1, 5 do
    local found = judged(model_of(6, seed, true))
    for _, name in ipairs({ "sane", "formula", "rank" }) do
      t.ok(found[name].verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.too_little_is_not_run()
  local one_language = judged(model_of(6, 1), copier.texts(8):select { "aaa" })
  t.eq(one_language.sane.why, "the texts have one language")
  for name, one in pairs(judged(support.model(1, 1), support.texts())) do
    t.eq({ one.verdict, one.why }, { "not run", "1 layers are too few for five coefficients" }, name)
  end
end

return test
