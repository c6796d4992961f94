-- T-006 on models in which the errors of L0 and the last layer are known to cancel, to add up, or to have nothing to do
-- with each other.
local context = require("residua.context")
local corpus = require("residua.corpus")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, texts)
  local declared, by_name = library.load("T-006"), {}
  local x = context.new { experiment = declared, model = m, texts = texts or support.texts(), seed = 1,
    write = function() end }
  declared.run({ bits = 4, sentences = 8 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x.tables[1]
end

-- The copier's layers, of which INT4 robs the first and the last of what they add: `first` and `last` times what there
-- is. The error of a layer that adds something is that something, with the opposite sign.
local function robbed(first, last, seed)
  local gains, outliers = {}, {}
  for l = 1, 10 do
    local gain = l == 1 and first or l == 10 and last or 0.1
    gains[l], outliers[l] = { gain, gain, gain }, (l == 1 or l == 10) and 15 or 1
  end
  return copier.model(gains, outliers, seed)
end

-- So many languages, each with three of the copier's texts: the fewest for an interval; nine for p < 0.05 after Holm.
local function languages(count)
  local by_language, texts = {}, copier.texts(9)
  for i = 1, count or 9 do
    by_language["aa" .. i] = { texts:text(3 * i - 2), texts:text(3 * i - 1), texts:text(3 * i) }
  end
  return corpus.of(by_language)
end

function test.errors_that_cancel_are_found()
  local found, rows = judged(robbed(0.5, -0.5, 1), languages())
  t.eq({ found.stated.verdict, found.sane.verdict }, { "supported", "supported" })
  t.near(rows[2].centred.estimate, -1, 0.02)
  t.near(rows[2].joint.estimate, -1, 0.1, "next to nothing is left of both together")
end

-- Of 45 pairs they are the most extreme (p = 1 / 45); that they correlate at all, six languages leave less sure.
function test.both_conditions_have_to_hold()
  local found = judged(robbed(0.5, -0.5, 1), languages(6))
  t.near(found.sane.effect.p, 2 / 64, 1e-3)
  t.eq(found.sane.verdict, "inconclusive")
end

function test.errors_that_add_up_refute_it()
  local found, rows = judged(robbed(0.5, 0.5, 2), languages())
  t.eq({ found.stated.verdict, found.sane.verdict }, { "refuted", "refuted" })
  t.near(rows[2].centred.estimate, 1, 0.02)
end

-- Both ends cancel, but so do other layers: no special pair.
function test.what_all_layers_do_is_no_gateway()
  local gains, outliers = {}, {}
  for l = 1, 10 do
    local gain = l % 2 == 0 and -0.2 or 0.2
    gains[l], outliers[l] = { gain, gain, gain }, 15
  end
  local found = judged(copier.model(gains, outliers, 1), languages())
  t.eq(found.stated.verdict, "supported")
  t.ok(found.sane.verdict ~= "supported")
end

-- The same from the logits themselves, without and with the mean over the vocabulary taken off.
local function correlation(a, b, centre)
  if centre then
    a, b = a - a:mean(2, true), b - b:mean(2, true)
  end
  return (a * b):sum() / math.sqrt((a * a):sum() * (b * b):sum())
end

function test.products_in_the_final_activations_are_those_of_logits()
  local m, texts = copier.noise(4, 3), support.texts():select { "eng" }
  local _, rows = judged(m, texts)
  local base, ends, raw, centred = m:capture(texts, "logits").logits, {}, 0, 0
  for i, params in ipairs { "L0.*", "L3.*" } do
    local q = m:quantized { with = quant.int { bits = 4 }, params = params, protect = "*norm*" }
    ends[i] = q:capture(texts, "logits").logits
  end
  for k = 1, 4 do
    local a, b = ends[1][k] - base[k], ends[2][k] - base[k]
    raw, centred = raw + correlation(a, b, false) / 4, centred + correlation(a, b, true) / 4
  end
  t.near({ rows[2].raw.estimate, rows[2].centred.estimate }, { raw, centred }, 1e-4)
end

-- Texts enough that accidents of the weights show: over seeds 1 to 8 `sane` is supported 0 times, `stated` 5 times.
function test.random_layers_are_no_special_pair()
  local by_language, texts, stated = {}, support.texts(), 0
  for i = 1, 8 do
    by_language["aa" .. i] = { texts:text(i), texts:text(i + 2), texts:text(i + 4) }
  end
  for seed = 1, 8 do
    local found = judged(copier.noise(10, seed), corpus.of(by_language))
    t.ok(found.sane.verdict ~= "supported", "seed " .. seed)
    stated = stated + (found.stated.verdict == "supported" and 1 or 0)
  end
  t.ok(stated >= 3, ("%d of 8"):format(stated))
end

function test.too_few_layers_are_refused()
  local found = judged(support.model(1, 1), support.texts():select { "eng" })
  t.eq({ found.stated.why, found.sane.why }, { "one layer", "one layer" })
end

return test
