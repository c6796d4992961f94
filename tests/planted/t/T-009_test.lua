-- T-009 on models that read two alphabets alike but for what differs between them, which one layer takes away and the
-- next one puts back; on layers that do nothing; and on sentences that are not parallel.
local context = require("residua.context")
local corpus = require("residua.corpus")
local library = require("residua.library")
local model = require("residua.model")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")
local verdict = require("residua.verdict")

local test = t.suite()

local LAYERS <const>, WIDTH <const>, HIDDEN <const>, SIGNS <const> = 8, 16, 64, 4
local SHARED <const> = 0.3 -- size of what the alphabets share, beside 1 for what they do not

-- Random letters: A to T, and a to t, the same ones where sentences are parallel; 30, or `length(sentence)` of them.
local function texts(seed, parallel, length)
  local state, upper, lower = seed, {}, {}
  local function random(first)
    state = (state * 48271) % 2147483647
    return first + state // 7 % 20
  end
  for i = 1, 10 do
    local one, other = {}, {}
    for k = 1, length and length(i) or 30 do
      local letter = random(65)
      one[k] = string.char(letter)
      other[k] = string.char(parallel and letter + 32 or random(97))
    end
    upper[i], lower[i] = table.concat(one), table.concat(other)
  end
  return corpus.of({ aaa = upper, bbb = lower }, "letters")
end

local function signs(seed)
  local drawn = tensor.randn(seed, 1, SIGNS):ge(0):to("float32") * 2 - 1
  return tensor.cat({ drawn, drawn * -1 }, 2) -- of mean 0, as norms want it
end

-- Nothing but embeddings: signs that both alphabets share, and signs of each letter's own.
local function silent(seed)
  local tok = tokenizer.parse(tokenizer.train({ "Aa" }, { vocab = 257 }))
  local m = model.new { seed = seed, tokenizer = tok, config = { model_type = "gpt2", n_layer = LAYERS, n_embd = WIDTH,
    n_head = 2, vocab_size = tok:vocab_size(), n_positions = 64 } }
  local rows = {}
  for i = 1, tok:vocab_size() do
    rows[i] = tensor.zeros(1, WIDTH)
  end
  for letter = 65, 84 do
    for k, byte in ipairs { letter, letter + 32 } do
      local ids = tok:encode(string.char(byte))
      local own = signs(1000 * seed + 100 * k + letter)
      rows[ids[#ids] + 1] = tensor.cat({ signs(1000 * seed + letter) * SHARED, own }, 2)
    end
  end
  for _, param in ipairs(m:params()) do
    if #param.shape == 2 then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  return m:with_param("embed.tokens", tensor.cat(rows, 1))
end

-- A layer adds `weight` times its normalised value to the channels that are not shared: gelu(x) - gelu(-x) = x.
local function changing(m, layer, weight)
  local eye, rest = tensor.eye(WIDTH), tensor.zeros(HIDDEN - 2 * WIDTH, WIDTH)
  local own = eye * tensor.cat({ tensor.zeros(1, WIDTH // 2), tensor.full(weight, 1, WIDTH // 2) }, 2)
  return m:with_param(("L%d.mlp.up"):format(layer), tensor.cat({ eye, eye * -1, rest }, 1))
    :with_param(("L%d.mlp.down"):format(layer), tensor.cat({ own, own * -1, rest:t() }, 2))
end

-- From `layer` on a tenth of what the alphabets do not share; the next layer puts the rest back.
local function meeting_at(layer, seed)
  local before = math.sqrt((SHARED ^ 2 + 1) / 2)
  local after = math.sqrt((SHARED ^ 2 + 0.01) / 2)
  return changing(changing(silent(seed), layer, -0.9 * before), layer + 1, 9 * after)
end

local function verdicts(m, read)
  local declared, found = library.load("T-009"), {}
  local x = context.new { experiment = declared, model = m, texts = read, seed = 1, write = function() end }
  declared.run({ sentences = 10, resamples = 200 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found
end

function test.languages_that_meet_at_75_percent()
  t.eq(verdicts(meeting_at(6, 1), texts(1, true)),
    { peak_cosine = "supported", peak_retrieval = "supported", above_null = "supported" })
end

function test.languages_that_meet_elsewhere()
  local found = verdicts(meeting_at(2, 2), texts(2, true))
  t.eq({ found.peak_cosine, found.peak_retrieval }, { "refuted", "refuted" })
end

function test.layers_that_do_nothing_have_no_peak()
  local found = verdicts(silent(3), texts(3, true))
  t.eq({ found.peak_cosine, found.peak_retrieval }, { "refuted", "refuted" })
end

-- Random layers, and sentences that have nothing to do with each other: 0 of 18 over seeds 11 to 16.
function test.sentences_that_are_not_parallel()
  local supported = 0
  for seed = 11, 16 do
    for _, found in pairs(verdicts(support.loud_model(seed, LAYERS), texts(seed, false))) do
      supported = supported + (found == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 18"):format(supported))
end

-- What begins every text is loud, as attention sinks are: its share of a mean is that of 1 / length, which sentences
-- share that have nothing else in common. Over seeds 21 to 26: 0 of 6.
function test.length_is_no_likeness()
  local supported = 0
  for seed = 21, 26 do
    local m = silent(seed)
    local loud = tensor.cat({ tensor.ones(1, WIDTH // 2) * 20, tensor.ones(1, WIDTH // 2) * -20 }, 2)
    m = m:with_param("embed.positions", tensor.cat({ loud, tensor.zeros(63, WIDTH) }, 1))
    local found = verdicts(m, texts(seed, false, function(i) return 5 + 5 * i end))
    supported = supported + (found.above_null == "supported" and 1 or 0)
  end
  t.eq(supported, 0)
end

function test.one_language_says_why()
  for _, found in pairs(verdicts(silent(4), texts(4, true):select { "aaa" })) do
    t.eq(found, "not run")
  end
end

return test
