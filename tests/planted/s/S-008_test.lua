-- S-008 on models whose layers add what INT4 rounds away, and on models whose gradients follow a known law.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local corpus = require("residua.corpus")
local library = require("residua.library")
local model = require("residua.model")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, texts)
  local declared, by_name = library.load("S-008"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 8, every = 7 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

local function random_model(seed, layers)
  local m = support.model(seed, layers)
  for i, param in ipairs(m:params()) do
    if #param.shape == 2 then
      m = m:with_param(param.name, tensor.randn(1000 * seed + i, param.shape) * 0.2)
    end
  end
  return m
end

-- Ten languages, four sentences each.
local function languages()
  local by_language, letters = {}, "abcdefghijklmnopqrstuvwxyz"
  for k = 1, 10 do
    local sentences = {}
    for i = 1, 4 do
      sentences[i] = (letters:sub(k, k + 6) .. letters:sub(-k - i, -i)):rep(2)
    end
    by_language[("l%02d"):format(k)] = sentences
  end
  return corpus.of(by_language, "letters")
end

-- What layers add, and lose, differs 40 times, in an order of its own.
function test.gradient_times_error_is_what_is_lost()
  local gains, outliers = {}, {}
  for l = 1, 10 do
    local gain = 0.02 * 40 ^ (3 * l % 10 / 9)
    gains[l], outliers[l] = { gain, gain / 2, gain / 2 }, 15
  end
  local found, x = judged(copier.model(gains, outliers, 1), copier.texts(8))
  t.eq({ found.times_error.verdict, found.beyond_depth.verdict }, { "supported", "supported" })
  t.ok(found.weights.verdict ~= "supported") -- these gradients do not know how far INT4 goes
  t.eq({ #x.tables, #x.figures }, { 2, 2 })
end

-- The head's weights are the gradient at the output below it: normal numbers, or signs times lognormal ones.
local function law(of)
  local tok = tokenizer.parse(support.tokenizer_json())
  local m = model.new { seed = 1, tokenizer = tok, config = { model_type = "gpt2", n_layer = 1, n_embd = 128,
    n_head = 2, vocab_size = tok:vocab_size(), n_positions = 128 } }
  local found = judged(m:with_param("embed.tokens", of(tensor.randn(1, { tok:vocab_size(), 128 }))), languages())
  return { found.lognormal.verdict, found.sparsity.verdict }
end

function test.the_law_of_gradients()
  t.eq(law(function(normal)
    return (tensor.randn(9, normal:shape()) * 0.5):exp() * (normal / normal:abs()) * 0.01
  end), { "supported", "supported" })
  t.eq(law(function(normal)
    return normal * 0.1
  end), { "refuted", "refuted" })
end

-- Layers of random models that differ by chance: over seeds 1 to 4 none of the four is supported, 0 of 16.
function test.chance_marks_no_layers()
  for seed = 1, 4 do
    local found = judged(random_model(seed, 8), support.texts())
    for _, name in ipairs({ "weights", "activations", "times_error", "beyond_depth" }) do
      t.ok(found[name].verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.too_little_is_not_run()
  for name, one in pairs(judged(support.model(1, 1), support.texts():select { "swa" })) do
    t.ok(one.verdict == "not run" and one.why:find("are needed", 1, true), name)
  end
end

return test
