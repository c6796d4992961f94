-- T-001 on models whose layers add a known number of the 8 signs of each token: more where weights vary more, less,
-- more with depth, and at random.
local context = require("residua.context")
local corpus = require("residua.corpus")
local library = require("residua.library")
local stats = require("residua.stats")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local WIDTH <const>, HIDDEN <const>, SIGNS <const> = 16, 64, 8

-- Ten letters at random, in two languages.
local function texts()
  local state, by_language = 7, { aaa = {}, bbb = {} }
  for _, code in ipairs { "aaa", "bbb" } do
    for i = 1, 6 do
      local letters = {}
      for j = 1, 30 do
        state = (state * 48271) % 2147483647
        letters[j] = string.char(65 + state // 7 % 10)
      end
      by_language[code][i] = table.concat(letters)
    end
  end
  return corpus.of(by_language, "letters")
end

-- Layer l - 1 adds the first added[l] signs of the token, times sizes[l]. The layers see the signs as the norm leaves
-- them, and all signs are there from the start.
local function model_adding(added, sizes, seed)
  local m = support.model(seed, #added)
  for _, param in ipairs(m:params()) do
    if #param.shape == 2 then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  local signs = tensor.randn(seed, m:architecture().vocab, SIGNS):ge(0):to("float32") * 2 - 1
  m = m:with_param("embed.tokens", tensor.cat({ signs, signs * -1 }, 2))
  local eye, rest = tensor.eye(WIDTH), tensor.zeros(HIDDEN - 2 * WIDTH, WIDTH)
  for l, count in ipairs(added) do
    local weights = {}
    for channel = 1, WIDTH do
      weights[channel] = (channel - 1) % SIGNS < count and sizes[l] or 0
    end
    local by_channel = eye * tensor.from_table(weights)
    m = m:with_param(("L%d.mlp.up"):format(l - 1), tensor.cat({ eye, eye * -1, rest }, 1))
      :with_param(("L%d.mlp.down"):format(l - 1), tensor.cat({ by_channel, by_channel * -1, rest:t() }, 2))
  end
  return m
end

local function verdicts(added, sizes, seed)
  local declared = library.load("T-001")
  local x = context.new { experiment = declared, model = model_adding(added, sizes, seed), texts = texts(), seed = 1,
    write = function() end }
  declared.run({ sentences = 6, classes = 8, bins = 100 }, x)
  local found = {}
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found
end

local MIXED <const> = { 5, 2, 7, 4, 1, 8, 3, 6 } -- signs by layer; uncorrelated with depth, almost

-- Sizes that make the variance of the weights rise with the rank of each layer.
local function sizes_for(ranks)
  local sizes = {}
  for l, rank in ipairs(ranks) do
    sizes[l] = 0.2 * rank
  end
  return sizes
end

function test.layers_of_high_variance_add_more()
  local found = verdicts(MIXED, sizes_for(MIXED), 1)
  t.eq(found.own_entropy, "supported")
  t.eq(found.own_loss, "supported")
end

function test.layers_of_high_variance_add_less()
  local opposite = {}
  for l, signs in ipairs(MIXED) do
    opposite[l] = (9 - signs) ^ 2
  end
  local found = verdicts(MIXED, sizes_for(opposite), 2)
  t.eq(found.own_entropy, "refuted")
  t.eq(found.own_loss, "refuted")
end

function test.what_only_grows_with_depth_is_not_it()
  local growing = { 1, 2, 3, 4, 5, 6, 7, 8 }
  local found = verdicts(growing, sizes_for(growing), 3)
  t.ok(found.own_entropy ~= "supported")
  t.ok(found.own_loss ~= "supported")
end

-- Of 60 such models none had one of the four predictions "supported".
function test.signs_at_random()
  local supported = 0
  for seed = 11, 13 do
    local added = stats.shuffled(MIXED, seed)
    local found = verdicts(added, sizes_for(stats.shuffled({ 1, 4, 16, 64, 256, 1024, 4096, 16384 }, seed + 50)), seed)
    for _, one in pairs(found) do
      supported = supported + (one == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 12"):format(supported))
end

function test.one_layer_says_why()
  for _, found in pairs(verdicts({ 3 }, { 1 }, 4)) do
    t.eq(found, "not run")
  end
end

return test
