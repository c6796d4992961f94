-- Exp-082 on random models in which it is known what marks the layers that cost most, or that nothing does.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, texts)
  local declared, by_name = library.load("Exp-082"), {}
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run({ bits = 4, sentences = 6, critical = 0.25 }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x.tables[1], x.tables[2], x
end

-- All layers add as much. The greater the dead weight, the more of it INT4 takes away.
local OUTLIERS <const> = { 1, 30, 2, 1.5, 20, 1, 3, 2.5, 25, 1.2, 2, 1 }

local function robbed(seed)
  local gains = {}
  for l in ipairs(OUTLIERS) do
    gains[l] = { 0.1, 0.1, 0.1 }
  end
  return copier.model(gains, OUTLIERS, seed)
end
function test.robbed_layers_are_marked_by_their_outputs_and_not_by_their_weights()
  local folder <close> = support.folder()
  for seed = 1, 3 do
    local found, rows = judged(robbed(seed), copier.texts_in(folder, 6))
    t.eq({ found.stated.verdict, found.sane.verdict }, { "supported", "supported" })
    t.ok(found.weights.verdict ~= "supported")
    local best = found.threshold.effect.estimate
    for i, outlier in ipairs(OUTLIERS) do -- the threshold parts what was planted
      t.eq(rows[i].ratio.estimate < best * 1.2, outlier >= 20, rows[i].layer)
    end
    t.eq(found.threshold.verdict, "refuted")
  end
end

-- Matrices that INT4 leaves as they are, and norms that it does not: the naive scheme rounds all weights.
function test.naive_rounds_norms()
  local m = copier.noise(8, 1)
  for _, param in ipairs(m:params()) do
    if param.layer and #param.shape == 2 then
      m = m:with_param(param.name, m:param(param.name) / m:param(param.name):abs() * 0.2)
    end
  end
  local norm = m:param("L0.norm2")
  m = m:with_param("L0.norm2", norm * tensor.range(1, norm:size(1)) / norm:size(1))
  local _, sane, naive, x = judged(m, support.texts())
  t.ok(sane[1].output > 1e5 and naive[1].output < 1e3 and naive[2].output > 1e5)
  t.ok(math.abs(sane[1].cost.estimate) < 1e-6 and math.abs(naive[1].cost.estimate) > 1e-6)
  t.eq(#x.figures, 4)
end

function test.signal_over_noise_of_weights_follows_from_their_crest()
  local _, _, rows = judged(copier.noise(8, 1), support.texts())
  for i = 1, 8 do
    t.near(rows[i].weights / rows[i].from_crest, 1, 0.1, rows[i].layer)
  end
end

-- Over seeds 1 to 6 none of `weights`, `sane` and `threshold` is supported: 0 of 18.
function test.random_layers_support_nothing()
  for seed = 1, 6 do
    for name, one in pairs((judged(copier.noise(12, seed), support.texts()))) do
      t.ok(one.verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

function test.too_little_to_tell_is_said()
  local found = judged(support.model(1, 1), support.texts():select { "eng" })
  t.eq(found.sane.why, "fewer than 8 layers")
  t.eq(judged(copier.noise(8, 1), support.texts():select { "eng" }).stated.why, "no low-resource language")
  t.eq(found.threshold.why, "fewer than 8 layers")
end

return test
