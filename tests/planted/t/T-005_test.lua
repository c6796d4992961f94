-- T-005 on models of known structure: both ends unlike, one end, only scaled, a trend in depth, nothing.
local context = require("residua.context")
local library = require("residua.library")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local verdict = require("residua.verdict")

local test = t.suite()

local LAYERS <const> = 12

-- A model of random matrices, each changed by `change(weight, layer, columns)`.
local function changed(seed, change)
  local m = support.model(seed, LAYERS)
  for i, param in ipairs(m:params()) do
    if param.layer and #param.shape == 2 then
      local weight = tensor.randn(1000 * seed + i, param.shape) * 0.2
      m = m:with_param(param.name, change(weight, param.layer, param.shape[2]))
    end
  end
  return m
end

local function verdicts(m)
  local declared = library.load("T-005")
  local x = context.new { experiment = declared, model = m, seed = 1, write = function() end }
  declared.run(declared.params, x)
  local found = {}
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    found[one.name] = one.verdict
  end
  return found
end

-- Columns weighted from 1 to 1 + steepness: the steeper, the fewer directions a matrix has.
local function uneven(weight, columns, steepness)
  return weight * (tensor.range(1, columns) / columns * steepness + 1):reshape({ 1, columns })
end

function test.both_ends_unlike_the_middle()
  local m = changed(1, function(weight, layer, columns)
    return (layer == 0 or layer == LAYERS - 1) and uneven(weight, columns, 30) or weight
  end)
  t.eq(verdicts(m), { stated = "supported", beyond_trend = "supported" })
end

function test.one_end_alone_is_no_pair()
  local m = changed(2, function(weight, layer, columns)
    return layer == 0 and uneven(weight, columns, 30) or weight
  end)
  t.eq(verdicts(m), { stated = "inconclusive", beyond_trend = "inconclusive" })
end

function test.scale_is_not_structure()
  local m = changed(3, function(weight, layer)
    return (layer == 0 or layer == LAYERS - 1) and weight * 8 or weight
  end)
  t.eq(verdicts(m), verdicts(changed(3, function(weight)
    return weight
  end)))
end

-- The ends of a steady change are the farthest from its mean, and no gateways. The layers are alike but for it.
function test.a_trend_in_depth_is_told_apart()
  local m = changed(4, function(weight, layer, columns)
    return uneven(weight * 0.05 + tensor.randn(columns, weight:shape()) * 0.2, columns, 0.05 * layer)
  end)
  local found = verdicts(m)
  t.eq(found.stated, "supported")
  t.ok(found.beyond_trend ~= "supported")
end

-- Of 100 such models 1 was "supported" as stated and 1 beyond the trend.
function test.equal_layers_are_seldom_called_gateways()
  local supported = 0
  for seed = 11, 15 do
    for _, found in pairs(verdicts(changed(seed, function(weight) return weight end))) do
      supported = supported + (found == "supported" and 1 or 0)
    end
  end
  t.ok(supported <= 1, ("%d of 10"):format(supported))
end

return test
