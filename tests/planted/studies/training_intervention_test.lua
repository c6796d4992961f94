-- training_intervention where training makes the outliers that the penalty takes, where it makes none, and in earnest.
local context = require("residua.context")
local library = require("residua.library")
local model = require("residua.model")
local shares = require("tests.planted.shares")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local train = require("residua.train")
local verdict = require("residua.verdict")

local test = t.suite()

local LLAMA <const> = { model_type = "llama", num_hidden_layers = 1, hidden_size = 16, num_attention_heads = 2,
  intermediate_size = 32, vocab_size = 50, max_position_embeddings = 64 }

-- Verdicts and rows of a run on eight languages of letters; `taught` instead of train.run where it is given.
local function judged(folder, params, taught)
  local declared, by_name, real = library.load("training_intervention"), {}, train.run
  local m = params.gated and model.new { config = LLAMA } or support.model(1, 1)
  local x = context.new { experiment = declared, model = m, texts = shares.texts(folder), seed = params.seed or 1,
    write = function() end }
  train.run = taught or real
  local ok, message = pcall(declared.run, { bits = 3, languages = params.languages or 8, clip = params.clip or 2.5,
    every = params.every or 3, pairs = 8, steps = params.steps or 6, batch = 4, rate = 1e-2, layers = 1, width = 16,
    sentences = 8 }, x)
  train.run = real
  assert(ok, message)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x.tables[1], x
end

-- "Training" that ends in a model of which INT3 rounds away, beside outliers, what L0 gives, and unevenly. There it
-- stops: what the penalty takes does not come back.
local function outliers(opts)
  local gains = { shares.gains(2, -1.5) }
  for l = 2, shares.LAYERS do
    gains[l] = shares.gains(0.5, 0)
  end
  if opts.model:layers() == shares.LAYERS then
    return opts.model
  end
  local m = shares.model(gains, { 1, 1, 1, 1, 1, 1 }, 1e-3, opts.model:tokenizer())
  for i, param in ipairs(m:params()) do
    if param.name:find("qkv$") then -- constant matrices have no kurtosis
      m = m:with_param(param.name, tensor.randn(i, param.shape) * 1e-3)
    end
  end
  return m
end

function test.outliers_that_harm()
  local folder <close> = support.folder()
  local found, rows = judged(folder, { steps = 15 }, outliers)
  for _, name in ipairs { "kurtosis", "sane" } do
    t.eq(found[name].verdict, "supported", name)
  end
  t.ok(rows[1].sane_penalty < rows[1].sane / 2)
end

function test.the_penalty_takes_outliers_in_earnest()
  local folder <close> = support.folder()
  local found, _, x = judged(folder, { clip = 1.5, steps = 6 })
  t.eq(x.warnings, { "16 models under naive have a loss near ln V, with less to lose" })
  t.eq({ found.kurtosis.verdict, found.smooth.verdict }, { "supported", "not run" })
end

function test.a_penalty_that_takes_nothing_changes_nothing()
  local folder <close> = support.folder()
  local found = judged(folder, { clip = 1e6, steps = 2 })
  for _, name in ipairs { "kurtosis", "stated", "sane" } do
    t.eq({ found[name].verdict, found[name].effect.estimate }, { "inconclusive", 0 }, name)
  end
end

-- Over 5 runs of training that ends at random, penalty or not, none of the three is supported: 0 of 15.
function test.training_at_random()
  local folder <close> = support.folder()
  local calls, supported = 0, 0
  for _ = 1, 5 do
    local found = judged(folder, { steps = 1, clip = 1e6 }, function(opts)
      calls = calls + 1
      local m = support.loud_model(calls, 2)
      return model.new({ config = { model_type = "gpt2", n_layer = 2, n_embd = 16, n_head = 2, n_positions = 64,
        vocab_size = opts.model:architecture().vocab }, seed = calls, tokenizer = opts.model:tokenizer() })
        :with_param("L0.mlp.up", m:param("L0.mlp.up")):with_param("L1.mlp.down", m:param("L1.mlp.down"))
    end)
    for _, name in ipairs { "kurtosis", "stated", "sane" } do
      supported = supported + (found[name].verdict == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 15"):format(supported))
end

-- A llama whose gated MLP lifts what carries the token, sign(x) x^2, out of a common channel; and a hidden channel that
-- nothing reads is so loud that INT3 per token leaves nothing of the others, unless each has a scale of its own.
local function loud(opts)
  local tok, width = opts.model:tokenizer(), 24
  local m = model.new { seed = 1, tokenizer = tok, config = { model_type = "llama", num_hidden_layers = 1,
    hidden_size = width, num_attention_heads = 2, intermediate_size = 2 * width + 1, vocab_size = tok:vocab_size(),
    max_position_embeddings = 64 } }
  local own = tensor.randn(7, { tok:vocab_size(), width }) * 0.5
  local common = tensor.zeros(tok:vocab_size(), width):totable()
  for _, row in ipairs(common) do
    row[width] = 10
  end
  local eye, last = tensor.eye(width), tensor.eye(width):narrow(1, width, 1)
  local reads = tensor.cat({ eye * 4, eye * -4, last * 10 }, 1)
  m = m:with_param("embed.tokens", own + tensor.from_table(common)):with_param("head", own * 2)
    :with_param("L0.attn.v", m:param("L0.attn.v") * 1e-3):with_param("L0.mlp.up", reads:clamp(0, 10))
  return m:with_param("L0.mlp.gate", reads)
    :with_param("L0.mlp.down", tensor.cat({ eye, eye * -1, tensor.zeros(width, 1) }, 2))
end

function test.smooth_scales_save_quiet_channels()
  local folder <close> = support.folder()
  t.eq(judged(folder, { gated = true }, loud).smooth.verdict, "supported")
end

function test.one_language()
  local folder <close> = support.folder()
  local found = judged(folder, { languages = 1 })
  t.eq({ found.sane.why, found.smooth.why }, { "one language", "one language" })
end

return test
