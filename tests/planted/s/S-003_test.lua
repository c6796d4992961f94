-- S-003 on models of which INT4 rounds two layers to nothing: one serves the other languages and is protected first,
-- one serves the reference language. The ratio falls below 1 where the first one's matrix is protected.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local plan = require("residua.plan")
local quant = require("residua.quant")
local t = require("residua.testing")
local verdict = require("residua.verdict")

local test = t.suite()

-- The matrix that is protected first is about a quarter of its layer.
local function planted(layers, seed)
  local gains, outliers = {}, {}
  for l = 1, layers do
    gains[l], outliers[l] = { 0.1, 0.1, 0.1 }, 0
  end
  gains[1], gains[2] = { 0.1, 3, 3 }, { 0.25, 0.05, 0.05 }
  outliers[1], outliers[2] = 30, 60
  return copier.model(gains, outliers, seed)
end

-- Shares up to `to` %: before the other great matrix is protected and the reference language is spared.
local function judged(m, to)
  local declared, found = library.load("S-003"), {}
  local x = context.new { experiment = declared, model = m, texts = copier.texts(12), seed = 1,
    write = function() end }
  declared.run({ bits = 4, sentences = 12, from = 0, to = to, step = 1, rank_by = "variance" }, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one
  end
  return found, x
end

function test.a_crossing_between_5_and_15_percent()
  local found, x = judged(planted(3, 1), 15)
  t.eq(found.sane.verdict, "supported", found.sane.why)
  t.ok(x.effects.sane.estimate > 7 and x.effects.sane.estimate < 10, x.effects.sane.estimate)
end

function test.a_crossing_elsewhere()
  local found, x = judged(planted(10, 1), 4)
  t.eq(found.sane.verdict, "refuted", found.sane.why)
  t.ok(x.effects.sane.estimate < 4, x.effects.sane.estimate)
end

-- Random models, in which nothing is planted: 0 of 8 over seeds 11 to 14.
function test.models_without_a_crossing()
  local supported = 0
  for seed = 11, 14 do
    for _, one in pairs(judged(copier.noise(3, seed), 30)) do
      supported = supported + (one.verdict == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 8"):format(supported))
end

-- floor(3 layers x 34 %) is one layer, with what the naive scheme would quantize of it beside matrices.
function test.the_record_protects_whole_layers()
  local m = planted(3, 1)
  local rows = select(2, judged(m, 34)).tables[1]
  local function protected(layers)
    return 100 * plan.make(quant.naive { protect = layers }):cost(m).protected_share
  end
  t.near({ rows[34].protected, rows[35].protected },
    { protected {}, protected { plan.rank(m, { per = "layer" })[1].layer } }, 1e-9)
end

function test.columns_have_units()
  local _, x = judged(planted(4, 1), 2)
  t.ok(x.tables[1].caption:find("at, protected [%]; deltas, gap [nats/byte]", 1, true), x.tables[1].caption)
end

return test
