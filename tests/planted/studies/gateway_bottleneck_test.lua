-- gateway_bottleneck on models in which the layers that matter are the first, the last and that at 75 %, or any.
local context = require("residua.context")
local copier = require("tests.planted.copier")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local function judged(m, model2, texts)
  local declared, by_name = library.load("gateway_bottleneck"), {}
  local x = context.new { experiment = declared, model = m, model2 = model2, texts = texts or copier.texts(4), seed = 1,
    write = function() end }
  declared.run(declared.params, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

-- INT4 rounds to nothing what layers add; dead weights of any size hide how much that is.
local function model_of(layers, seed, gain)
  local gains, outliers, random = {}, {}, tensor.rand(seed + 7, 2 * layers):totable()
  for l = 1, layers do
    local most = gain(l - 1, layers) * (0.9 + 0.2 * random[layers + l])
    gains[l], outliers[l] = { most, most / 2, most / 2 }, 15 * 10 ^ random[l] / most
  end
  return copier.model(gains, outliers, seed)
end

local function gateways(l, layers)
  return (l == 0 or l == layers - 1 or l == math.floor(0.75 * layers)) and 0.5 or 0.08
end

local function fading(l, layers)
  return 0.03 + 0.5 * math.exp(-math.min(l, layers - 1 - l)) + 0.5 * math.exp(-((l / layers - 0.75) / 0.1) ^ 2 / 2)
end

local function anywhere(seed)
  local random = tensor.rand(seed, 40):totable()
  return function(l)
    return 0.05 * 10 ^ random[l + 1]
  end
end

function test.gateways_and_a_bottleneck()
  local found, x = judged(model_of(12, 1, gateways))
  t.eq({ found.boundary.verdict, found.bottleneck.verdict }, { "supported", "supported" })
  -- The reference gains most where most is lost, so that the ratio rises.
  t.eq({ found.stated_boundary.verdict, found.stated_bottleneck.verdict }, { "refuted", "refuted" })
  t.eq({ found.transfer.verdict, found.transfer.why }, { "not run", "needs a second model: --model2" })
  t.eq({ #x.tables, #x.figures }, { 4, 1 })
  t.ok(x.tables[4].caption:find("^Terms of ln gap, standardized: R2 0.9"))
  t.ok(x.tables[1][1].reference_delta.estimate > 0, "beside every ratio")
end

function test.what_fades_with_distance_predicts_layers_and_models()
  local found = judged(model_of(16, 1, fading), model_of(14, 1, fading))
  t.eq({ found.left_out.verdict, found.transfer.verdict }, { "supported", "supported" })
end

-- Over seeds 1 to 5 none of the six predictions is supported: 0 of 30.
function test.layers_that_matter_anywhere()
  for seed = 1, 5 do
    local found = judged(model_of(12, seed, anywhere(seed)), model_of(10, 100 + seed, anywhere(100 + seed)))
    for name, one in pairs(found) do
      t.ok(one.verdict ~= "supported", ("%s, seed %d"):format(name, seed))
    end
  end
end

-- Layers of equal weights: their variance cannot be a term.
function test.a_constant_term_is_refused()
  local m = model_of(8, 1, gateways)
  for _, param in ipairs(m:params()) do
    if param.layer and param.layer > 0 then
      m = m:with_param(param.name, m:param((param.name:gsub("^L%d+", "L0"))))
    end
  end
  local found = judged(m)
  for _, name in ipairs { "boundary", "bottleneck", "stated_boundary" } do
    t.eq({ found[name].verdict, found[name].why }, { "inconclusive", "stats.ols: variance is constant; leave it out" },
      name)
  end
end

function test.too_little_is_not_run()
  for _, one in pairs(judged(support.model(1, 1), support.model(2, 3), support.texts())) do
    t.eq({ one.verdict, one.why }, { "not run", "1 layers; 7 are needed" })
  end
  t.eq(judged(model_of(12, 1, gateways), nil, copier.texts(4):select { "aaa" }).boundary.why, "no disparity")
end

return test
