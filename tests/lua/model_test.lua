-- Models as values: loading, saving, quantizing, replacing, ablating.
local corpus = require("residua.corpus")
local model = require("residua.model")
local native = require("residua.native")
local plan = require("residua.plan")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

local GOLDEN <const> = support.home() .. "/tests/golden/"

function test.architectures_of_checkpoints()
  local m = model.load(GOLDEN .. "gpt2-tied")
  local a = m:architecture()
  t.eq({ a.family, a.layers, a.width, a.heads, a.vocab, a.context, a.tied_head },
    { "gpt2", 3, 32, 4, 61, 32, true })
  t.eq(tostring(m), "Model gpt2-tied: gpt2, 3 layers, width 32, 4 heads, vocabulary 61")
  t.eq(model.load(GOLDEN .. "llama-gqa"):architecture().family, "llama")
end

function test.shards_are_one_model()
  local m = model.load(GOLDEN .. "gpt2-sharded")
  t.eq(m:param("embed.tokens"):size(1), m:architecture().vocab)
end

function test.matrices_are_out_by_in()
  local m = model.load(GOLDEN .. "gpt2-tied")
  t.eq(m:param("L0.attn.qkv"):shape(), { 96, 32 })
  for _, param in ipairs(m:params()) do
    t.eq(m:param(param.name):shape(), param.shape, param.name)
    t.eq(param.layer, tonumber(param.name:match("^L(%d+)")), param.name)
  end
end

function test.random_models_follow_their_seed()
  t.eq(support.model(3):digest(), support.model(3):digest())
  t.ok(support.model(3):digest() ~= support.model(4):digest())
end

function test.saving_and_loading_keeps_the_function()
  local folder <close> = support.folder()
  local m = support.model()
  m:save(folder.path .. "/m", { dtype = "float32", tokenizer = support.tokenizer_json() })
  local again = model.load(folder.path .. "/m")
  for _, param in ipairs(m:params()) do
    t.ok(again:param(param.name):equal(m:param(param.name)), param.name)
  end
  t.eq(again:tokenizer():digest(), m:tokenizer():digest())
  t.eq(again:loss(support.texts()):total(), m:loss(support.texts()):total())
  m:save(folder.path .. "/half", { tokenizer = support.tokenizer_json() })
  t.raises("unknown dtype 'bfloat16', expected one of: float32, float16", function()
    m:save(folder.path .. "/other", { dtype = "bfloat16" })
  end)
  t.near(model.load(folder.path .. "/half"):loss(support.texts()):mean(), m:loss(support.texts()):mean(), 1e-3)
end

function test.quantizing_makes_another_value()
  local m = support.model()
  local digest, before = m:digest(), m:param("L1.mlp.up"):digest()
  local int4 = quant.int { bits = 4, per = "tensor" }
  local q = m:quantized { with = int4, protect = { 0, "L3.attn.*" } }
  t.ok(q:param("L1.mlp.up"):equal(int4:apply(m:param("L1.mlp.up"))))
  t.ok(q:param("L0.mlp.up"):equal(m:param("L0.mlp.up")))
  t.eq({ q:edited("L1.mlp.up"), q:edited("L0.mlp.up"), q:edited("L3.attn.out"), q:edited("L3.mlp.up") },
    { true, false, false, true })
  t.eq({ m:digest(), m:param("L1.mlp.up"):digest(), m:edited("L1.mlp.up") }, { digest, before, false })
  t.ok(q:digest() ~= digest)
end

function test.equal_edits_are_equal_models()
  local m = support.model()
  local p = plan.make(quant.sane())
  t.eq(m:with(p):digest(), m:quantized(quant.sane()):digest())
  t.ok(m:with(p):digest() ~= m:quantized(quant.sane { bits = 3 }):digest())
end

function test.replaced_params()
  local m = support.model()
  local zero = m:with_param("L2.mlp.down", m:param("L2.mlp.down") * 0)
  t.eq(zero:param("L2.mlp.down"):abs():max(), 0)
  t.ok(m:param("L2.mlp.down"):abs():max() > 0)
  t.raises("param 'L2.mlp.down' has shape", function()
    m:with_param("L2.mlp.down", tensor.zeros(2, 2))
  end)
end

function test.ablated_sites_are_constant()
  local m, texts = support.loud_model(), support.texts()
  local zero = m:ablated { at = { "L1.attn.out", "L1.mlp.out" } }
  local seen = zero:capture(texts, { "L1.resid.pre", "L1.resid.post" })
  for i = 1, texts:count() do
    t.ok(seen["L1.resid.post"][i]:equal(seen["L1.resid.pre"][i]))
  end
  local value = tensor.range(1, 16)
  local constant = m:ablated({ at = "L2.mlp.out", value = value }):capture(texts, "L2.mlp.out")["L2.mlp.out"][3]
  for row = 1, constant:size(1) do
    t.ok(constant:row(row):equal(value))
  end
end

function test.sites_by_both_names()
  local m = support.model()
  t.eq(m:sites("L3.resid.*"), { "L3.resid.pre", "L3.resid.mid", "L3.resid.post" })
  t.eq(m:sites("blocks.3.hook_resid_post"), { "L3.resid.post" })
  t.raises("no site is called 'L9.resid.post'", function()
    m:sites("L9.resid.post")
  end)
end

function test.continuing_takes_the_most_likely_token()
  local m = support.loud_model()
  local prompt = "The cat"
  local ids = m:tokenizer():encode(prompt)
  local logits = m:capture(corpus.of { eng = { prompt } }, "logits").logits[1]
  local next_id = logits:row(logits:size(1)):argmax() - 1
  local continued = native.run.continue(m, ids, 1)
  t.eq(continued[#continued], next_id)
  t.eq(m:continue(prompt, 5):sub(1, #prompt), prompt)
  t.eq(m:continue(prompt, 5), m:continue(prompt, 5))
end

function test.mistakes_are_named()
  local m = support.model()
  t.raises("no model in '/no/such/model': no such folder", function()
    model.load("/no/such/model")
  end)
  t.raises("model.new: unknown option 'sede' (did you mean 'seed'?)", function()
    model.new { config = {}, sede = 1 }
  end)
  t.raises("model.new: field 'model_type' is missing", function()
    model.new { config = { n_layer = 2 } }
  end)
  t.raises("model family 'bert' is not supported; supported are", function()
    model.new { config = { model_type = "bert" } }
  end)
  t.raises("has no param 'L9.mlp.up'; model:params() lists them", function()
    m:param("L9.mlp.up")
  end)
  t.raises("Model:quantized: unknown option 'bits'", function()
    m:quantized { bits = 4 }
  end)
  t.raises("Model:ablated: unknown option 'sites'; options are at, value", function()
    m:ablated { sites = "L0.attn.out" }
  end)
  t.raises("has no tokenizer; put its tokenizer.json into the model's folder", function()
    model.load(GOLDEN .. "gpt2-tied"):loss(support.texts())
  end)
end

function test.mini_reads_its_languages()
  local m = support.mini()
  t.eq({ m:layers(), m:architecture().family }, { 12, "gpt2" })
  local texts = corpus.load("parallel16", { sentences = 4 })
  local uniform = math.log(m:architecture().vocab)
  for _, row in ipairs(m:loss(texts):by("language")) do
    t.ok(row.per_token.estimate < uniform, row.language)
  end
end

return test
