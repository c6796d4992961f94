-- S-011 where law and bound are known: rounding noise to which the loss is quadratic, in all layers or in one.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local noise = require("tests.planted.noise")
local support = require("tests.lua.support")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

local CODES <const> = { "aaa", "bbb" }
local LETTERS <const> = { aaa = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef", bbb = "01234567" }

local function judged(m, texts, rank_by)
  local declared, by_name = library.load("S-011"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ sentences = 3, choose = 1, to = 27, step = 9, groups = 4, rank_by = rank_by or "variance" }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

-- The grid protects first what makes the noise, a quarter of it per 5 %; whole layers take 25 % for as much.
function test.a_quadratic_loss_and_plans_above_its_law()
  local found, x = judged(noise.model(LETTERS, CODES, { 3, 0 }, 4, 1), noise.texts(LETTERS, CODES, 4))
  t.eq({ found.bits.verdict, found.share.verdict, found.bound.verdict }, { "supported", "refuted", "supported" })
  t.near(found.bits.effect.estimate, 2, 0.15)
  t.near(found.share.effect.estimate, 1 / x.tables[2][2].share / 4, 0.6)
end

-- The grid protects first what is exact anyway, in all layers, but one layer makes the noise.
function test.plans_below_the_law_refute_a_bound()
  local m = noise.model(LETTERS, CODES, { 3, 0 }, 4, 2)
  for layer = 1, 3 do
    local name = ("L%d.mlp.down"):format(layer)
    m = m:with_param(name, m:param(name) * 0.1)
  end
  local found = judged(m, noise.texts(LETTERS, CODES, 4), "kurtosis")
  t.eq(found.bound.verdict, "refuted")
  t.ok(found.share.verdict ~= "supported")
end

-- Beside outliers INT8 as well rounds everything to 0: over seeds 1 and 2 no exponent is supported, 0 of 2.
function test.a_loss_that_does_not_depend_on_the_bits()
  for seed = 1, 2 do
    local gains, outliers = {}, {}
    for l = 1, 4 do
      gains[l], outliers[l] = { 0, 0.1 * l, 0.2 }, 400
    end
    t.eq(judged(copier.model(gains, outliers, seed), copier.texts(4)).bits.verdict, "refuted")
  end
end

function test.plans_are_chosen_by_other_sentences()
  local m = noise.model(LETTERS, CODES, { 3, 0 }, 4, 1)
  local found, x = judged(m, noise.texts(LETTERS, CODES, 3))
  t.eq({ found.bound.verdict, found.bound.why }, { "not run", "no sentences are left to choose plans by" })
  t.ok(tostring(x.tables[1]):find("reference_delta", 1, true))
end

function test.too_few_cells_are_inconclusive()
  local found = judged(support.loud_model(1, 1), support.texts():select { "eng" })
  for name, one in pairs(found) do
    t.eq(one.verdict, "inconclusive", name)
  end
end

return test
