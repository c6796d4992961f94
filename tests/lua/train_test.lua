-- Training lowers the loss; gradients equal finite differences.
local corpus = require("residua.corpus")
local support = require("tests.lua.support")
local t = require("residua.testing")
local train = require("residua.train")

local test = t.suite()

function test.the_rate_warms_up_and_falls()
  local opts = { steps = 110, warmup = 10, rate = 2, final = 0.1 }
  t.near({ train.rate(1, opts), train.rate(5, opts), train.rate(10, opts) }, { 0.2, 1, 2 }, 1e-12)
  t.near(train.rate(60, opts), 2 * (0.1 + 0.9 / 2), 1e-12)
  t.near(train.rate(110, opts), 0.2, 1e-12)
end

function test.the_loss_falls()
  local m, texts = support.model(1, 2), support.texts()
  local digest, tokens, losses = m:digest(), m:tokenizer():encode_corpus(texts), {}
  local trained = train.run { model = m, batches = function() return tokens end, steps = 30, rate = 1e-2,
    report = function(step, loss, seconds)
      losses[step] = loss
      t.ok(seconds >= 0)
    end }
  t.eq(#losses, 30)
  t.near(losses[1], m:loss(texts):mean(), 1e-4)
  t.ok(losses[30] < losses[1] - 1, ("%g to %g"):format(losses[1], losses[30]))
  t.ok(trained:loss(texts):mean() < losses[1] - 1)
  t.eq(m:digest(), digest, "the model given stays as it is")
end

function test.training_repeats()
  local m, tokens = support.model(1, 2), support.model():tokenizer():encode_corpus(support.texts())
  local function digest()
    return train.run({ model = m, batches = function() return tokens end, steps = 2 }):digest()
  end
  t.eq(digest(), digest())
end

-- The slope of the loss along a direction in one param, by central differences.
local function slope(m, texts, name, direction, step)
  local w = m:param(name)
  local up = m:with_param(name, w + direction * step):loss(texts):mean()
  local down = m:with_param(name, w - direction * step):loss(texts):mean()
  return (up - down) / (2 * step)
end

function test.gradients_are_slopes()
  local m, texts = support.loud_model(2, 2), support.texts()
  local names = { "embed.tokens", "embed.positions", "L0.norm1", "L0.attn.qkv", "L0.attn.qkv.bias", "L1.attn.out",
    "L1.mlp.up", "L1.mlp.down.bias", "final.norm" }
  local g = train.gradients(m, texts, { params = names })
  t.near(g.loss, m:loss(texts):mean(), 1e-5)
  for _, name in ipairs(names) do
    -- Along the gradient itself the slope is its norm.
    local gradient = g.params[name]
    t.eq(gradient:shape(), m:param(name):shape(), name)
    local norm = math.sqrt((gradient ^ 2):sum())
    local measured = slope(m, texts, name, gradient / norm, 5e-3)
    t.ok(math.abs(measured - norm) < 0.02 * norm + 1e-4, ("%s: %g, expected %g"):format(name, measured, norm))
  end
end

function test.gradients_of_activations()
  local m = support.loud_model(2, 2)
  local texts = corpus.of { eng = { "The cat sleeps." } }
  local site, width = "L0.mlp.out", 16
  local by_token = train.gradients(m, texts, { sites = { site } }).sites[site][1]
  t.eq(by_token:shape(), { #m:tokenizer():encode(texts:text(1)), width })
  -- A bias adds to every token: its gradient is the sum over tokens.
  local bias = train.gradients(m, texts, { params = { "L0.mlp.down.bias" } }).params["L0.mlp.down.bias"]
  t.near(by_token:sum(1):totable(), bias:totable(), 1e-5)
end

function test.mistakes_are_named()
  local m, texts = support.model(1, 2), support.texts()
  t.raises("train.gradients: unknown option 'param' (did you mean 'params'?)", function()
    train.gradients(m, texts, { param = {} })
  end)
  t.raises("has no param 'L7.mlp.up'", function()
    train.gradients(m, texts, { params = { "L7.mlp.up" } })
  end)
  t.raises("train.run: unknown option 'lr'", function()
    train.run { lr = 1 }
  end)
  t.raises("train.run: option 'batches' is missing", function()
    train.run { model = m, steps = 1 }
  end)
  local tokens = m:tokenizer():encode_corpus(texts)
  t.raises("; lower the learning rate", function()
    train.run { model = m, batches = function() return tokens end, steps = 5, rate = 1e30, warmup = 1 }
  end)
end

return test
