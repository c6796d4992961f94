-- Views of layers, and statistics of a weight against plain Lua.
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

function test.views_follow_the_names()
  local m = support.model()
  local layer = m:layer(2)
  t.eq(tostring(layer), "L2: norm1, attn, norm2, mlp")
  t.eq(tostring(layer.attn), "L2.attn: qkv, out")
  t.eq(layer.mlp.up.name, "L2.mlp.up")
  t.ok(layer.mlp.up:tensor():equal(m:param("L2.mlp.up")))
  t.eq(tostring(layer.mlp.up), "Param L2.mlp.up [64 x 16]")
end

function test.statistics_of_a_weight()
  local m = support.loud_model()
  local rows = m:param("L0.mlp.up"):totable()
  local n, sum, absmax = 0, 0, 0
  for _, row in ipairs(rows) do
    for _, value in ipairs(row) do
      n, sum, absmax = n + 1, sum + value, math.max(absmax, math.abs(value))
    end
  end
  local mean, m2, m4, sparse = sum / n, 0, 0, 0
  for _, row in ipairs(rows) do
    for _, value in ipairs(row) do
      m2, m4 = m2 + (value - mean) ^ 2, m4 + (value - mean) ^ 4
      sparse = sparse + (math.abs(value) < 0.01 and 1 or 0)
    end
  end
  local std, far = math.sqrt(m2 / (n - 1)), 0
  for _, row in ipairs(rows) do
    for _, value in ipairs(row) do
      far = far + (math.abs(value - mean) > 3 * std and 1 or 0)
    end
  end
  local got = m:layer(0).mlp.up:stats()[1]
  t.eq(got.param, "L0.mlp.up")
  t.near({ got.mean, got.std, got.kurtosis, got.crest, got.outliers, got.sparsity },
    { mean, std, (m4 / n) / (m2 / n) ^ 2 - 3, absmax / std, far / n, sparse / n }, 1e-5)
end

function test.quantized_models_show_quantized_weights()
  local m = support.model()
  local q = m:quantized { with = require("residua.quant").int { bits = 2 } }
  t.ok(not q:layer(1).attn.out:tensor():equal(m:layer(1).attn.out:tensor()))
end

function test.wrong_names_list_the_right_ones()
  local m = support.model()
  t.raises("there is no layer 4; layers are 0 to 3", function()
    m:layer(4)
  end)
  t.raises("there is no layer -1", function()
    m:layer(-1)
  end)
  t.raises("there is no layer 0.5", function()
    m:layer(0.5)
  end)
  t.raises("L0.attn has no 'up'; it has qkv, out", function()
    return m:layer(0).attn.up
  end)
end

return test
