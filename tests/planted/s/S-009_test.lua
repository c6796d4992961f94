-- S-009 on models whose queries grow with a channel that only one group of languages has.
local context = require("residua.context")
local letters = require("tests.planted.letters")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local WIDTH <const> = 32

-- One layer that only attends. Queries are channel 1 times a random vector, beside a random part; keys are random; so
-- letters with a great channel 1 attend to few others.
local function attending(seed)
  local m, lower, upper = letters.model({ n_layer = 1, n_embd = WIDTH, n_head = 2 }, seed)
  local gain = tensor.zeros(WIDTH):totable()
  gain[1] = 1.5
  local q = tensor.randn(seed + 1, WIDTH, 1) * tensor.from_table(gain) + tensor.randn(seed + 2, WIDTH, WIDTH) * 0.05
  local k = tensor.randn(seed + 3, WIDTH, WIDTH) * 0.2
  m = m:with_param("L0.attn.qkv", tensor.cat({ q, k, tensor.zeros(WIDTH, WIDTH) }, 1))
  return letters.with_channel(letters.with_channel(m, lower, 1, 0), upper, 1, 0), lower, upper
end

local function judged(m, texts)
  local declared, found = library.load("S-009"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ sentences = 4, skip = 4, bins = 4 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found, x
end

-- Lengths differ a little.
local function length(code)
  return 40 + code:byte(1) % 5
end

function test.flat_attention_is_found()
  local m, _, upper = attending(1)
  local found = judged(letters.with_channel(m, upper, 1, 4), letters.texts(4, length))
  t.eq(found, { stated = "supported", sane = "supported", within_script = "supported",
    differ = "supported" })
end

function test.sharp_attention_is_refuted()
  local m, lower = attending(2)
  local found = judged(letters.with_channel(m, lower, 1, 4), letters.texts(4, length))
  t.eq({ found.stated, found.sane }, { "refuted", "refuted" })
end

-- More tokens, the same attention: entropy rises with ln n, and nothing else is found.
function test.length_alone_is_not_flatness()
  local supported = 0
  for seed = 21, 24 do
    local found = judged(attending(seed), letters.texts(4, function(code, group)
      return (group == 1 and 90 or 30) + code:byte(1) % 5
    end, seed))
    t.eq(found.stated, "supported")
    for _, name in ipairs { "sane", "within_script" } do
      supported = supported + (found[name] == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 8"):format(supported))
end

function test.languages_that_do_not_differ()
  local supported = 0
  for seed = 1, 6 do
    for _, one in pairs(judged(attending(10 * seed), letters.texts(4, length, seed))) do
      supported = supported + (one == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 24"):format(supported))
end

function test.one_language_or_short_texts_are_not_run()
  local _, x = judged(support.model(1, 1), support.texts():select { "swa" })
  t.eq(x.effects.sane.not_run, "resource: 1 low, 0 others; 3 of each are needed")
  t.eq(x.effects.differ.not_run, "fewer than 3 languages")
  _, x = judged(support.model(1, 1), letters.texts(2, 3))
  t.eq(x.effects.sane.not_run, "fewer than 2 sentences of over 6 tokens")
end

return test
