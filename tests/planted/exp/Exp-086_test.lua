-- Exp-086 on models whose layers serve morphologically rich languages alike and the others in one layer, or the other
-- way round, or make no difference.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local corpus = require("residua.corpus")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

local RICH <const> = { "est", "eus", "fin", "hun", "swa", "tur" }
local OTHERS <const> = { "deu", "eng", "fra", "ita", "spa", "swe" }

-- Two texts a language of one character many times: of the copier's first alphabet, or its second.
local function texts(rich_letters, other_letters, seed)
  local by_language = {}
  for letters, codes in pairs { [rich_letters] = RICH, [other_letters] = OTHERS } do
    for l, code in ipairs(codes) do
      local k = 1 + (l + seed) % 4
      by_language[code] = { letters:sub(k, k):rep(8 + (5 * l + seed) % 7), letters:sub(-k, -k):rep(9 + l) }
    end
  end
  return corpus.of(by_language, "repeats")
end

-- Six layers; what each adds for letters of the first alphabet, and for those of the second. INT4 rounds all away.
local function planted(first, second, seed)
  local gains, outliers = {}, {}
  for l = 1, 6 do
    gains[l], outliers[l] = { first[l], second[l], second[l] }, 15
  end
  return copier.model(gains, outliers, seed)
end

local function judged(m, of)
  local declared, found = library.load("Exp-086"), {}
  local x = context.new { experiment = declared, model = m, texts = of, seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 2 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found, x
end

local EVEN <const> = { 0.3, 0.3, 0.3, 0.3, 0.3, 0.3 }
local UNEVEN <const> = { 0.02, 0.02, 1.5, 0.02, 0.02, 0.02 }

function test.layers_that_share_the_work_are_found()
  local found, x = judged(planted(EVEN, UNEVEN, 1), texts("QXZJ", "7930", 0))
  t.eq(found, { gradient = "supported", gradient_within = "supported", dnll = "supported", dnll_within = "supported" })
  for _, row in ipairs(x.tables[1]) do
    t.ok((row.dnll > 0.8) == (row.morphology == "agglutinative"), row.language)
    t.ok(row.certain == 0, "two sentences give no interval")
  end
end

function test.the_other_way_round_is_refuted()
  local found = judged(planted(UNEVEN, EVEN, 2), texts("QXZJ", "7930", 0))
  t.eq({ found.dnll, found.dnll_within }, { "refuted", "refuted" })
  t.ok(found.gradient ~= "supported")
end

-- All languages use the same letters.
function test.morphology_that_makes_no_difference()
  local supported = 0
  for seed = 3, 7 do
    for _, one in pairs(judged(planted(EVEN, UNEVEN, seed), texts("QXZJ", "JZXQ", seed))) do
      supported = supported + (one == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 20"):format(supported))
end

function test.too_little_is_not_run()
  local _, x = judged(support.model(1, 1), support.texts())
  t.eq(x.effects.dnll.not_run, "group: 0 rich, 0 others; 3 of each are needed")
  _, x = judged(support.loud_model(1, 3), support.texts())
  t.eq(x.effects.gradient.not_run, "group: 1 rich, 2 others; 3 of each are needed")
end

return test
