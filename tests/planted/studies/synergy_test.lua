-- synergy where the answer is known: the last layer passes on what the first has written, or layers add alike.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, texts)
  local declared, by_name = library.load("synergy"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 8, units = 5 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

local CHANNELS <const>, BLOCK <const> = 32, 6

-- Layers add so much signal for the first language each; INT4 rounds away what a layer adds.
local function adding(gains, seed)
  local by_layer, outliers = {}, {}
  for l, gain in ipairs(gains) do
    by_layer[l], outliers[l] = { gain, 0, 0 }, 15
  end
  local m = copier.model(by_layer, outliers, seed)
  return m:with_param("embed.positions", m:param("embed.positions") * 0.2)
end

-- A matrix mlp.down that writes the channels from `source` on, `gain` times, to those from `target` on.
local function moving(source, target, gain)
  local rows = tensor.zeros(CHANNELS, CHANNELS):totable()
  for i = 1, BLOCK do
    rows[target + i][source + i] = gain
  end
  local move = tensor.from_table(rows)
  return tensor.cat({ move, move * -1, tensor.full(gain * 15, CHANNELS, 1) }, 2)
end

-- The first layer writes what it reads where only the last one reads it. Noise by position is elsewhere.
local function relay(seed)
  local m, mask = adding({ 0.01, 0.02, 0.015, 0.01, 0.02, 0.01 }, seed), tensor.zeros(CHANNELS):totable()
  for channel = 25, CHANNELS do
    mask[channel] = 1
  end
  local noise = tensor.randn(seed, m:param("embed.positions"):shape()) * 3
  return m:with_param("L0.mlp.down", moving(0, 18, 2)):with_param("L5.mlp.down", moving(18, 0, 2))
    :with_param("embed.positions", noise * tensor.from_table(mask):reshape({ 1, -1 }))
end

function test.a_relay_is_synergy()
  local found, x = judged(relay(1), copier.texts(8):select { "aaa" })
  for _, name in ipairs { "stated", "sane", "unlike", "best" } do
    t.eq(found[name].verdict, "supported", name)
  end
  t.eq(x.tables[2][1].pair, "L0 L5")
  t.eq(x.tables[1][3].set, "L0 L5", "the best of two units or less")
end

-- The more there is, the less more helps. Over seeds 1 to 4 none of these is supported: 0 of 12.
function test.layers_that_add_alike_are_no_synergy()
  for seed = 1, 4 do
    local gains = (tensor.randn(seed, { 6 }):abs() * 0.3 + 0.1):totable()
    local found = judged(adding(gains, seed), copier.texts(8):select { "aaa" })
    for _, name in ipairs { "stated", "sane", "unlike" } do
      t.ok(found[name].verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.what_cannot_be_told_is_inconclusive()
  t.eq(judged(support.loud_model(1, 6), support.texts()).sane.why, "collapsed without protection")
  t.eq(judged(support.loud_model(1, 1), support.texts()).sane.why, "the first layer is the last")
  local two = judged(adding({ 0.3, 0.2 }, 1), copier.texts(8):select { "aaa" })
  t.eq({ two.best.why, two.unlike.why }, { "there is no other pair", "fewer than 5 other pairs" })
end

return test
