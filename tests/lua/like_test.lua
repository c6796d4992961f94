-- model.like in all ten families: the parts of the golden checkpoints, other sizes; batches; smooth scales.
local model = require("residua.model")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local train = require("residua.train")

local test = t.suite()

local GOLDEN <const> = support.home() .. "/tests/golden/"

-- One or two checkpoints of every family.
local CHECKPOINTS <const> = { "bloom-4h", "gemma2-a", "gpt2-tied", "llama-gqa", "mistral-window", "neox-parallel",
  "neox-sequential", "opt-pre", "opt-350m", "qwen2-tied", "qwen3-gqa", "xglm-tied", "xglm-plain" }

-- Names of the params of L0 and outside of layers, without biases, as a set in order.
local function parts(m)
  local names = {}
  for _, param in ipairs(m:params()) do
    if not param.name:find("%.bias$") and (param.layer or 0) == 0 then
      names[#names + 1] = param.name
    end
  end
  table.sort(names)
  return names
end

for _, name in ipairs(CHECKPOINTS) do
  test["like_" .. name:gsub("-", "_")] = function()
    local m = model.load(GOLDEN .. name)
    local small = model.like(m, { layers = 2, width = 48, heads = 2, texts = support.texts(), vocab = 260,
      context = 64, seed = 3 })
    local now, old = small:architecture(), m:architecture()
    t.eq({ now.family, now.layers, now.width, now.heads, now.head_width, now.tied_head, now.context },
      { old.family, 2, 48, 2, 24, old.tied_head, 64 })
    t.eq(parts(small), parts(m))
    t.eq(small:sites("L0.*"), m:sites("L0.*"))
    t.near(now.mlp_width / now.width, old.mlp_width / old.width, 0.05)
    t.eq(now.vocab, small:tokenizer():vocab_size())
    local found = train.gradients(small, support.texts():first(1), { params = { "L1.mlp.down" } })
    t.near(found.loss, math.log(now.vocab), 1)
    t.ok(found.params["L1.mlp.down"]:abs():max() > 0)
  end
end

function test.grouped_heads_stay_grouped()
  local m = model.load(GOLDEN .. "llama-gqa")
  local a = m:architecture()
  t.ok(a.kv_heads < a.heads)
  local small = model.like(m, { width = 64, heads = 8 }):architecture()
  t.eq(small.kv_heads, 8 * a.kv_heads // a.heads)
  t.eq(model.like(m, { width = 64, heads = 1 }):architecture().kv_heads, 1)
end

function test.without_options_only_the_weights_are_others()
  local m = support.model(1, 2)
  local other = model.like(m, { seed = 7 })
  t.eq(other:architecture(), m:architecture())
  t.eq(other:tokenizer():digest(), m:tokenizer():digest())
  t.ok(other:digest() ~= m:digest())
  t.eq(other:digest(), model.like(m, { seed = 7 }):digest())
  t.eq(model.like(m):digest(), m:digest(), "seed 1, as the model has")
end

function test.heads_fit_the_width()
  local m = support.model(1, 1)
  t.eq(model.like(m, { width = 32 }):architecture().heads, 2)
  t.eq(model.like(m, { width = 20 }):architecture().heads, 1)
  t.raises("model.like: 3 heads do not divide a width of 32", function()
    model.like(m, { width = 32, heads = 3 })
  end)
  t.raises("model.like: m must be Model, got nil", function()
    model.like(nil, {})
  end)
end

function test.batches_that_differ_in_weights_alone_agree_elsewhere()
  local m = support.model(1, 1)
  local tokens = m:tokenizer():encode_corpus(support.texts())
  local rare, even, drawn, own = {}, {}, 0, 0
  for i = 1, tokens:count() do
    even[i], rare[i] = 1, i == 1 and 0.1 or 1
  end
  local one = train.batches(tokens, { weights = even, size = 8, seed = 2 })
  local other = train.batches(tokens, { weights = rare, size = 8, seed = 2 })
  local first = table.concat(tokens:ids(1), " ")
  for step = 1, 200 do
    local a, b = one(step), other(step)
    for i = 1, a:count() do
      local of_even, of_rare = table.concat(a:ids(i), " "), table.concat(b:ids(i), " ")
      t.ok(of_even == of_rare or of_even == first)
      drawn, own = drawn + (of_even == first and 1 or 0), own + (of_rare == first and 1 or 0)
    end
  end
  t.near(drawn / 1600, 1 / 12, 0.02)
  t.near(own / 1600, 0.1 / 11.1, 0.007)
  t.raises("train.batches: 2 weights for 12 texts", function()
    train.batches(tokens, { weights = { 1, 1 } })
  end)
end

-- A hidden channel that nothing reads, a thousand times as loud as the others, takes all levels of a scale per token.
function test.smooth_scales_keep_quiet_channels()
  local m, texts, site = support.loud_model(1, 1), support.texts(), "L0.mlp.hidden"
  local up, down = m:param("L0.mlp.up"):totable(), m:param("L0.mlp.down"):totable()
  for j = 1, #down do
    up[1][j], down[j][1] = up[1][j] * 1000, 0
  end
  m = m:with_param("L0.mlp.up", tensor.from_table(up)):with_param("L0.mlp.down", tensor.from_table(down))
  local function out(changed)
    return changed:capture(texts, "L0.mlp.out")["L0.mlp.out"][1]
  end
  local int4 = quant.int { bits = 4, per = "token" }
  local plain = out(m:quantized_activations { with = int4, at = site })
  local smooth = out(m:quantized_activations { with = int4, at = site, smooth = texts })
  t.ok((smooth - out(m)):norm() < (plain - out(m)):norm() / 2)
  local tokens = m:tokenizer():encode_corpus(texts)
  local scales = quant.inputs(m, tokens, { site }, tensor.ones(tokens:count()):totable())[1]:max_abs()
  t.ok(smooth:equal(out(m:quantize_site(site, int4, scales))))
end

return test
