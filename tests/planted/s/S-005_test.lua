-- S-005 on models whose layers add known functions of the letters, uncorrelated where their frequencies differ: the
-- same in the first and the last layer, another in each, the same everywhere, and one of a sentence's length alone.
local context = require("residua.context")
local corpus = require("residua.corpus")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local WIDTH <const>, HIDDEN <const> = 16, 64

-- Random letters, 10 to 40 of them, in two languages.
local function texts(seed)
  local state, by_language = seed, {}
  local function random(below)
    state = (state * 48271) % 2147483647
    return state // 7 % below
  end
  for _, code in ipairs { "aaa", "bbb" } do
    by_language[code] = {}
    for i = 1, 16 do
      local letters = {}
      for j = 1, 10 + random(31) do
        letters[j] = string.char(65 + random(26))
      end
      by_language[code][i] = table.concat(letters)
    end
  end
  return corpus.of(by_language, "letters")
end

-- [1, width]: four channels per function: cosine and sine of a frequency, and their opposites. The fourth function is
-- that of what begins every text.
local function embedding(letter)
  local values = {}
  for frequency = 1, 3 do
    local angle = letter and 2 * math.pi * frequency * letter / 26 or math.pi / 4
    for _, value in ipairs { math.cos(angle), math.sin(angle), -math.cos(angle), -math.sin(angle) } do
      values[#values + 1] = letter and value or 0
    end
  end
  for channel = 13, WIDTH do
    values[channel] = letter and 0 or (-1) ^ channel * 3
  end
  return tensor.from_table({ values })
end

-- Layer l - 1 adds the functions `added[l]`, each with a weight: gelu(x) - gelu(-x) = x.
local function model_adding(added)
  local m = support.model(1, #added)
  local tok, rows = m:tokenizer(), {}
  for i = 1, tok:vocab_size() do
    rows[i] = embedding(nil)
  end
  for letter = 0, 25 do
    local ids = tok:encode(string.char(65 + letter))
    rows[ids[#ids] + 1] = embedding(letter)
  end
  for _, param in ipairs(m:params()) do
    if #param.shape == 2 then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  m = m:with_param("embed.tokens", tensor.cat(rows, 1))
  local eye, rest = tensor.eye(WIDTH), tensor.zeros(HIDDEN - 2 * WIDTH, WIDTH)
  for l, functions in ipairs(added) do
    local weights = {}
    for channel = 1, WIDTH do
      weights[channel] = functions[(channel - 1) // 4 + 1] or 0
    end
    local by_channel = eye * tensor.from_table(weights)
    m = m:with_param(("L%d.mlp.up"):format(l - 1), tensor.cat({ eye, eye * -1, rest }, 1))
      :with_param(("L%d.mlp.down"):format(l - 1), tensor.cat({ by_channel, by_channel * -1, rest:t() }, 2))
  end
  return m
end

local function verdicts(m, seed)
  local declared = library.load("S-005")
  local x = context.new { experiment = declared, model = m, texts = texts(seed), seed = 1, write = function() end }
  declared.run({ sentences = 16, shuffles = 199 }, x)
  local found = {}
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found
end

local FIRST <const>, SECOND <const>, THIRD <const> = { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }

function test.a_pair_of_its_own_is_found()
  t.eq(verdicts(model_adding { FIRST, SECOND, THIRD, FIRST }, 1),
    { stated = "supported", sane = "supported", tied = "supported" })
end

function test.what_all_layers_share_is_no_pair()
  local shared = { 1, 0.5, 0, 0 }
  local found = verdicts(model_adding { shared, shared, shared, shared }, 2)
  t.eq(found.sane, "supported")
  t.ok(found.tied ~= "supported")
end

-- The stream carries the embeddings to the last layer all the same. Of 80 such runs none supported one of the others;
-- of 24 random models, whose layers all read the same text, none supported that the ends are a pair of their own.
function test.layers_that_differ()
  local m, supported = model_adding { FIRST, SECOND, SECOND, THIRD }, 0
  for seed = 11, 16 do
    local found = verdicts(m, seed)
    t.eq(found.stated, "supported")
    supported = supported + (found.sane == "supported" and 1 or 0) + (found.tied == "supported" and 1 or 0)
  end
  t.ok(supported <= 1, ("%d of 12"):format(supported))
end

-- The first token's share of a mean is that of 1 / length.
function test.length_is_no_tie()
  local found = verdicts(model_adding { { 1, 0, 0, 5 }, SECOND, SECOND, { 0, 0, 1, 5 } }, 3)
  t.ok(found.sane ~= "supported")
  t.ok(found.tied ~= "supported")
end

function test.one_layer_says_why()
  t.eq(verdicts(model_adding { FIRST }, 4), { stated = "not run", sane = "not run", tied = "not run" })
end

return test
