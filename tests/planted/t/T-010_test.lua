-- T-010 where the exponent is known: 2 where the loss is quadratic in rounding noise, 0 where all is rounded away.
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

local function judged(m, texts)
  local declared, by_name = library.load("T-010"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ sentences = 3, to = 18, step = 6, rank_by = "variance" }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

function test.a_quadratic_loss_has_exponent_2()
  local found, x = judged(noise.model(LETTERS, CODES, { 3, 0 }, 4, 1), noise.texts(LETTERS, CODES, 3))
  t.eq(found.sane.verdict, "supported")
  local exponent = found.exponent.effect -- of seven widths: which leave more doubt than +-0.2, here
  t.near(exponent.estimate, 2, 0.15)
  t.ok(exponent.low < 2 and exponent.high > 2 and found.exponent.verdict ~= "refuted")
  t.ok(found.one_exponent.verdict ~= "refuted")
  local share = x.tables[2][2].share
  local c = x.tables[3][3].one_exponent.estimate
  t.near(c, 1 / share / 4, 0.6, "each of the four matrices takes a quarter of the noise off")
  t.eq(#x.figures, 2)
  t.ok(x.tables[2][1].reference_delta and tostring(x.tables[2]):find("reference_delta", 1, true))
end

-- Beside outliers INT8 as well rounds everything to 0. Over seeds 1 to 3 none is called exponential: 0 of 3.
function test.a_loss_that_does_not_depend_on_the_bits()
  for seed = 1, 3 do
    local gains, outliers = {}, {}
    for l = 1, 4 do
      gains[l], outliers[l] = { 0, 0.1 * l, 0.2 }, 400
    end
    local found = judged(copier.model(gains, outliers, seed), copier.texts(3))
    t.eq(found.exponent.verdict, "refuted")
    t.ok(found.sane.verdict ~= "supported", ("seed %d"):format(seed))
  end
end

function test.too_few_cells_are_inconclusive()
  local found = judged(support.loud_model(1, 1), support.texts():select { "eng" })
  for name, one in pairs(found) do
    t.ok(one.verdict == "inconclusive" and one.why:find("of use"), name)
  end
end

return test
