-- No function changes the model that it is given: the numbers of every param, in memory, stay as they were. (The
-- digest of a model does not show it, for it is remembered.)
local capture = require("residua.capture")
local heads = require("residua.heads")
local lookup = require("residua.help.lookup")
local model = require("residua.model")
local plan = require("residua.plan")
local quant = require("residua.quant")
local sorted_keys = require("residua.sorted_keys")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tokenizer = require("residua.tokenizer")
local train = require("residua.train")

local test = t.suite()

local int3 = quant.int { bits = 3, per = "channel" }
local NAMES <const> = { "L1.attn.qkv", "L1.attn.out", "L1.mlp.up", "L1.mlp.down" }

-- A new model, and the same from a float32 checkpoint, whose params lie in the file; GPT-2's matrices are transposed.
-- GPTQ takes 128 input channels at once: mlp.down has more.
local function with_models(f)
  local folder <close> = support.folder()
  local tok = tokenizer.parse(support.tokenizer_json())
  local made = model.new { seed = 1, tokenizer = tok, config = { model_type = "gpt2", n_layer = 2, n_embd = 48,
    n_head = 2, vocab_size = tok:vocab_size(), n_positions = 1024 } }
  made:save(folder.path .. "/m")
  folder:write("m/tokenizer.json", support.tokenizer_json())
  f(made, "new")
  f(model.load(folder.path .. "/m"), "loaded")
end

local function contents(m)
  local digests = {}
  for _, param in ipairs(m:params()) do
    digests[param.name] = m:param(param.name):digest()
  end
  return digests
end

local uses = {}

function uses.gptq(m, texts)
  return m:quantized { with = quant.gptq { calibrate = texts, with = int3 } }
end

function uses.awq(m, texts)
  return m:quantized { with = quant.awq { calibrate = texts, with = int3 } }
end

function uses.smoothquant(m, texts)
  return m:quantized { with = quant.smoothquant { calibrate = texts } }
end

function uses.hqq(m)
  return m:quantized { with = quant.hqq { group = 16 } }
end

function uses.rotated(m)
  return m:quantized { with = quant.rotated() }
end

function uses.sane(m)
  return m:quantized(quant.sane())
end

function uses.rank(m)
  for _, by in ipairs { "variance", "kurtosis", "random" } do
    plan.rank(m, { by = by, per = "row" })
  end
end

function uses.capture(m, texts)
  capture.run(m, texts, { "L1.*" })
end

function uses.heads(m)
  heads.of(m, 1)
end

function uses.gradients(m, texts)
  train.gradients(m, texts, { params = NAMES, sites = { "L1.resid.post" } })
end

function uses.train(m, texts)
  local tokens = m:tokenizer():encode_corpus(texts)
  return train.run { model = m, batches = train.batches(tokens, { size = 2 }), steps = 2 }
end

function test.methods_and_measures()
  local texts = support.texts()
  with_models(function(m, name)
    local before, loss = contents(m), m:loss(texts):mean()
    for _, use in ipairs(sorted_keys(uses)) do
      local other = uses[use](m, texts)
      if other then
        t.ok(other:loss(texts):mean() ~= loss, use)
      end
      t.eq(contents(m), before, name .. " after " .. use)
      t.eq(m:loss(texts):mean(), loss)
    end
  end)
end

-- Every function with params as its arguments, whatever it makes of them.
local function try_all(functions, m)
  local before, done = contents(m), 0
  for _, name in ipairs(sorted_keys(functions)) do
    for _, param in ipairs(type(functions[name]) == "function" and NAMES or {}) do
      local weight = m:param(param)
      for _, arguments in ipairs { { weight }, { weight, weight }, { weight, 1 }, { weight, weight:t() },
        { int3, weight }, { { weight, weight } } } do
        done = done + (pcall(functions[name], table.unpack(arguments)) and 1 or 0)
      end
    end
    t.eq(contents(m), before, name)
  end
  return done
end

function test.tensors_and_statistics()
  with_models(function(m)
    t.ok(try_all(lookup.types().Tensor.methods, m) > 200)
    t.ok(try_all(stats, m) > 50)
  end)
end

return test
