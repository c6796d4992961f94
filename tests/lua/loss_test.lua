-- Losses: sums over any axis, against token losses and against logits.
local corpus = require("residua.corpus")
local loss = require("residua.loss")
local native = require("residua.native")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

-- A loss whose numbers are known: deu 1, 2; eng 3, 5.
local function known()
  local texts = corpus.of { deu = { "abcd", "ab" }, eng = { "abc", "abcde" } }
  return loss.of(texts, { 1, 2, 3, 5 }, { 2, 1, 2, 4 })
end

function test.sums_and_means()
  local l = known()
  t.eq(l:total(), 11)
  t.near(l:mean(), 11 / 9, 1e-12)
  t.near(l:perplexity(), math.exp(11 / 9), 1e-12)
end

function test.by_language()
  local rows = known():by("language")
  t.eq({ rows[1].language, rows[1].texts, rows[2].language, rows[2].texts }, { "deu", 2, "eng", 2 })
  t.near({ rows[1].per_byte.estimate, rows[2].per_byte.estimate }, { 3 / 6, 8 / 8 }, 1e-12)
  t.near({ rows[1].per_token.estimate, rows[2].per_token.estimate }, { 1, 8 / 6 }, 1e-12)
  t.near(rows[2].perplexity.estimate, math.exp(8 / 6), 1e-12)
  local e = stats.ratio({ 3, 5 }, { 3, 5 })
  t.eq({ rows[2].per_byte.low == rows[2].per_byte.low, e.low == e.low }, { false, false }, "two texts: no interval")
end

function test.by_sentence_and_by_what_is_known_of_languages()
  local rows = known():by("sentence")
  t.eq({ rows[1].sentence, rows[2].sentence }, { 1, 2 })
  t.near({ rows[1].per_token.estimate, rows[2].per_token.estimate }, { 4 / 4, 7 / 5 }, 1e-12)
  t.eq(known():by("script")[1].script, "Latin")
  local unheard = loss.of(corpus.of { xxx = { "abcd", "ab" } }, { 1, 2 }, { 2, 1 })
  t.eq(unheard:by("script")[1].script, "unknown")
  local texts = corpus.load("parallel16", { sentences = 1, languages = { "eng", "rus", "deu" } })
  local scripts = loss.of(texts, { 1, 2, 4 }, { 1, 1, 1 }):by("script")
  t.eq({ scripts[1].script, scripts[1].texts, scripts[1].per_token.estimate }, { "Latin", 2, 2.5 })
end

function test.unknown_axes_are_named()
  t.raises("Loss:by: no axis 'langauge' (did you mean 'language'?)", function()
    known():by("langauge")
  end)
end

function test.texts_add_up_from_tokens()
  local m, texts = support.loud_model(), support.texts()
  local l = m:loss(texts)
  for i = 1, texts:count() do
    local per_token = native.run.token_losses(m, m:tokenizer():encode(texts:text(i)))
    local sum = 0
    for _, value in ipairs(per_token) do
      sum = sum + value
    end
    t.eq(#per_token, l.tokens[i])
    t.near(l.nll[i], sum, 1e-4)
  end
end

function test.token_losses_follow_from_logits()
  local m, texts = support.loud_model(), support.texts()
  local logits = m:capture(texts, "logits").logits[2]:log_softmax(2)
  local ids = m:tokenizer():encode(texts:text(2))
  local per_token = native.run.token_losses(m, ids)
  for i, value in ipairs(per_token) do
    t.near(value, -logits:at(i, ids[i + 1] + 1), 1e-4)
  end
end

function test.a_model_that_knows_nothing_is_uniform()
  local m = support.model()
  m = m:with_param("embed.tokens", m:param("embed.tokens") * 0)
  t.near(m:loss(support.texts()):mean(), math.log(m:architecture().vocab), 1e-5)
end

function test.losses_print_themselves()
  local shown = tostring(known())
  t.ok(shown:find("Loss [nats] with 95 % intervals over texts", 1, true), shown)
  t.ok(shown:find("deu"), shown)
end

return test
