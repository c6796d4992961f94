-- language_exposure where training does what was planted, where shares are equal, and for what is really learnt.
local context = require("residua.context")
local corpus = require("residua.corpus")
local library = require("residua.library")
local shares = require("tests.planted.shares")
local support = require("tests.lua.support")
local t = require("residua.testing")
local train = require("residua.train")
local verdict = require("residua.verdict")

local test = t.suite()

-- Verdicts of a run on texts; `taught` instead of train.run where it is given.
local function judged(texts, params, taught)
  local declared, by_name, real = library.load("language_exposure"), {}, train.run
  local x = context.new { experiment = declared, model = support.model(1, 1), texts = texts, seed = params.seed or 1,
    write = function() end }
  train.run = taught or real
  local ok, message = pcall(declared.run, { bits = 3, languages = params.languages or 8, rare = params.rare or 0.01,
    pairs = 8, steps = params.steps or 10, batch = 4, rate = 1e-2, layers = 1, width = 16, sentences = 8 }, x)
  train.run = real
  assert(ok, message)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

-- "Training" by which what a language gets is in the layer with the outlier weight, or in L0, which INT3 rounds away,
-- where it was rare in the batches.
local function moving(rare_to_l0)
  return function(opts)
    local tok, counts, total = opts.model:tokenizer(), {}, 0
    for step = 1, opts.steps do
      local tokens = opts.batches(step)
      for i = 1, tokens:count() do
        local ids = tokens:ids(i)
        local k = (tok:token(ids[#ids]):byte() - 64) // 3
        counts[k], total = (counts[k] or 0) + 1, total + 1
      end
    end
    local gains = { {}, shares.gains(0.1, 0), {}, shares.gains(0.1, 0), shares.gains(0.1, 0), shares.gains(0.1, 0) }
    for k = 1, shares.LANGUAGES do
      local rare = (counts[k] or 0) / total < 0.5 / shares.LANGUAGES
      gains[1][k], gains[3][k] = rare == rare_to_l0 and 3 or 1, rare == rare_to_l0 and 1 or 3
    end
    return shares.model(gains, { 0, 0, 1, 0, 0, 0 }, 3, tok)
  end
end

function test.rare_languages_that_are_fragile()
  local folder <close> = support.folder()
  local found, x = judged(shares.texts(folder), { steps = 60 }, moving(true))
  t.eq({ found.stated.verdict, found.sane.verdict, found.avoids.verdict }, { "supported", "supported", "supported" })
  t.eq(#x.warnings, 0)
end

function test.rare_languages_that_are_robust()
  local folder <close> = support.folder()
  local found = judged(shares.texts(folder), { steps = 60 }, moving(false))
  t.eq({ found.stated.verdict, found.sane.verdict, found.avoids.verdict }, { "refuted", "refuted", "refuted" })
end

function test.what_is_rare_is_learnt_less()
  local texts = corpus.load("parallel16", { languages = { "eng", "heb" }, sentences = 8 })
  t.eq(judged(texts, { steps = 16, rare = 0 }).learnt.verdict, "supported")
end

function test.equal_shares_change_nothing()
  local found, x = judged(support.texts(), { rare = 1 / 3, steps = 2 })
  for name, one in pairs(found) do
    t.eq({ one.verdict, one.effect.estimate }, { "inconclusive", 0 }, name)
  end
  t.eq(x.warnings, { "16 models under naive have a loss near ln V, with less to lose" }) -- two steps teach nothing
end

-- Over 3 runs of training that ends at random, whatever was rare, none of stated, sane, avoids is supported: 0 of 9.
function test.training_at_random()
  local folder <close> = support.folder()
  local texts, calls, supported = shares.texts(folder), 0, 0
  for _ = 1, 3 do
    local found = judged(texts, { steps = 1 }, function(opts)
      calls = calls + 1
      return shares.model(shares.random(calls), { 0, 0, 1, 0, 0, 0 }, 3, opts.model:tokenizer())
    end)
    for _, name in ipairs { "stated", "sane", "avoids" } do
      supported = supported + (found[name].verdict == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 9"):format(supported))
end

function test.one_language()
  local folder <close> = support.folder()
  for _, one in pairs((judged(shares.texts(folder), { languages = 1 }))) do
    t.eq(one.why, "one language")
  end
end

return test
