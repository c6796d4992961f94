-- Captures of chosen tokens and of attention, against the same from whole activations; the weights of heads; models
-- that are read out after a layer.
local capture = require("residua.capture")
local corpus = require("residua.corpus")
local model = require("residua.model")
local range = require("residua.range")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local sweep = require("residua.sweep")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local SITE <const> = "L1.resid.post"

function test.tokens_of_a_language_are_rows_of_one_matrix()
  local m, texts = support.model(), support.texts()
  local whole = capture.run(m, texts:select { "eng" }, SITE)[SITE]
  local seen, fewest = capture.tokens(m, texts, { SITE, "L0.mlp.in" })
  t.ok(seen[SITE].eng:allclose(tensor.cat(whole, 1), 1e-4))
  t.eq(seen["L0.mlp.in"].eng:shape(), seen[SITE].eng:shape())
  local least = math.huge
  for _, code in ipairs(texts:languages()) do
    least = math.min(least, seen[SITE][code]:size(1))
  end
  t.eq(fewest, least)
end

function test.aligned_tokens_have_the_same_positions_in_all_languages()
  local m, texts = support.model(), support.texts()
  local lengths, count, expected = sweep.tokens(m, texts):lengths(), texts:count() // 3, {}
  local swahili = capture.run(m, texts:select { "swa" }, SITE)[SITE]
  for s = 1, count do
    local shortest = math.min(lengths[s], lengths[s + count], lengths[s + 2 * count])
    local positions = range(3, shortest, 2)
    expected[#expected + 1] = #positions > 0 and swahili[s]:index(1, positions) or nil
  end
  local seen, fewest = capture.tokens(m, texts, SITE, { skip = 2, every = 2, aligned = true })
  t.ok(seen[SITE].swa:allclose(tensor.cat(expected, 1), 1e-4))
  for _, values in pairs(seen[SITE]) do
    t.eq(values:size(1), fewest)
  end
end

function test.standardized_channels_have_mean_0_and_std_1()
  local values = capture.tokens(support.model(), support.texts(), SITE, { standardize = true })[SITE].deu
  t.near(values:mean(1):totable(), tensor.zeros(16):totable(), 1e-4)
  t.near(values:std(1):totable(), tensor.ones(16):totable(), 1e-3)
end

function test.a_constant_channel_is_0_everywhere()
  local m = support.model()
  m = m:with_param("L1.norm2", m:param("L1.norm2") * 0):with_param("L1.norm2.bias", tensor.randn(1, 16) + 3)
  local plain = capture.tokens(m, support.texts(), "L1.mlp.in")["L1.mlp.in"].deu
  t.near(plain:std(1):totable(), tensor.zeros(16):totable(), 1e-6)
  local values = capture.tokens(m, support.texts(), "L1.mlp.in", { standardize = true })["L1.mlp.in"].deu
  t.eq(values:abs():max(), 0)
end

-- Against least squares of each channel on 1 / tokens, language by language.
function test.means_without_length_are_residuals()
  local m, texts = support.model(), support.texts()
  local means = capture.run(m, texts, SITE, { reduce = "mean" })[SITE]
  local rest, lengths = capture.without_length(m, texts, means), sweep.tokens(m, texts):lengths()
  local count = texts:count() // 3
  t.eq(rest:shape(), { 3, count, 16 })
  for language = 1, 3 do
    local y, inverse = {}, {}
    for s = 1, count do
      local text = (language - 1) * count + s
      y[s], inverse[s] = means:at(text, 5), 1 / lengths[text]
    end
    t.near(rest:select(1, language):column(5):totable(), stats.ols(y, { inverse = inverse }).residuals, 1e-5)
  end
  t.raises("capture.without_length: 3 means of 12 texts in 3 languages; align the texts, and give the mean of each",
    function() capture.without_length(m, texts, means:narrow(1, 1, 3)) end)
end

function test.no_token_is_left()
  local seen, fewest = capture.tokens(support.model(), support.texts(), SITE, { skip = 500 })
  t.eq({ fewest, seen[SITE].eng }, { 0, nil })
end

-- Without scores attention is even: every share is known.
function test.even_attention_is_flat()
  local m = support.model(1, 2)
  for layer = 0, 1 do
    local name = ("L%d.attn.qkv"):format(layer)
    m = m:with_param(name, m:param(name) * 0)
  end
  local texts = corpus.of { eng = { "The cat sleeps on it." }, swa = { "Paka analala hapa." } }
  local lengths = sweep.tokens(m, texts):lengths()
  local seen, sentences = capture.attention(m, texts, { skip = 2, bins = 1 })
  t.eq(sentences, 1)
  local n, first, whole = math.min(table.unpack(lengths)), 0, 0
  for i = 3, n do
    first = first + 1 / i / (n - 2)
  end
  for i = 1, lengths[1] do
    whole = whole + math.log(i) / lengths[1]
  end
  for head = 1, 4 do
    local eng = seen.eng
    t.near({ eng.flatness:at(head), eng.first:at(head), eng.previous:at(head), eng.entropy:at(head) },
      { 1, first, first, whole }, 1e-4)
  end
  t.eq(seen.swa.distance:shape(), { 4, 1 })
  t.near(seen.swa.distance:at(1, 1), 1, 1e-5)
end

function test.distances_are_shares()
  local seen = capture.attention(support.loud_model(), support.texts(), { skip = 1, bins = 4 })
  t.near(seen.deu.distance:sum(2):totable(), tensor.ones(8):totable(), 1e-5)
end

function test.short_texts_give_no_attention()
  local seen, sentences = capture.attention(support.model(), support.texts(), { skip = 500 })
  t.eq({ next(seen), sentences }, { nil, 0 })
end

function test.heads_of_a_fused_matrix()
  local m = support.loud_model()
  local heads, fused = m:head_weights(1), m:param("L1.attn.qkv")
  t.ok(heads.q:equal(fused:slice(1, 1, 16):reshape(2, -1)))
  t.ok(heads.v:row(2):equal(fused:slice(1, 41, 48):reshape(-1)))
  t.ok(heads.out:row(1):equal(m:param("L1.attn.out"):slice(2, 1, 8):t():reshape(-1)))
  t.raises("Model:head_weights: there is no layer 4; layers are 0 to 3", function() m:head_weights(4) end)
end

-- Two heads of four share a key and a value; q, k and v lie apart.
function test.heads_that_share_keys()
  local m = model.new { config = { model_type = "llama", num_hidden_layers = 1, hidden_size = 16, vocab_size = 30,
    num_attention_heads = 4, num_key_value_heads = 2, intermediate_size = 8, max_position_embeddings = 16 } }
  local heads, k = m:head_weights(0), m:param("L0.attn.k")
  t.eq({ heads.q:shape(), heads.k:shape() }, { { 4, 64 }, { 4, 64 } })
  t.ok(heads.k:row(2):equal(k:slice(1, 1, 4):reshape(-1)) and heads.k:row(3):equal(k:slice(1, 5, 8):reshape(-1)))
end

-- In BLOOM a fused matrix has q, k and v of one head, then those of the next.
function test.heads_that_lie_one_by_one()
  local m = model.new { config = { model_type = "bloom", n_layer = 1, hidden_size = 16, n_head = 2, vocab_size = 30 } }
  local fused = tensor.range(1, 48 * 16):reshape(48, 16):to("float32")
  local heads = m:with_param("L0.attn.qkv", fused):head_weights(0)
  t.ok(heads.k:row(1):equal(fused:slice(1, 9, 16):reshape(-1)))
  t.ok(heads.q:row(2):equal(fused:slice(1, 25, 32):reshape(-1)))
end

function test.a_model_up_to_a_layer()
  local m, texts = support.loud_model(), support.texts()
  local cut = m:up_to(1)
  local last, here = capture.run(cut, texts, "L3.resid.post")["L3.resid.post"], capture.run(m, texts, SITE)[SITE]
  for i = 1, texts:count() do
    t.ok(last[i]:allclose(here[i], 1e-5))
  end
  local bare = m:up_to(-1)
  t.ok(capture.run(bare, texts, "L3.resid.post")["L3.resid.post"][1]:allclose(
    capture.run(m, texts, "L0.resid.pre")["L0.resid.pre"][1], 1e-5))
  t.eq(m:up_to(3):digest(), m:digest())
  t.raises("Model:up_to: there is no layer 4; give -1 (embeddings) to 3", function() m:up_to(4) end)
end

return test
