-- Quantizers against their formulas, computed here in plain Lua.
local quant = require("residua.quant")
local support = require("tests.lua.support")
local t = require("residua.testing")
local tensor = require("residua.tensor")

local test = t.suite()

-- Half to even, as a quantizer rounds.
local function round(x)
  local below = math.floor(x)
  local rest = x - below
  if rest ~= 0.5 then
    return rest < 0.5 and below or below + 1
  end
  return below % 2 == 0 and below or below + 1
end

local function absmax(values)
  local most = 0
  for _, value in ipairs(values) do
    most = math.max(most, math.abs(value))
  end
  return most
end

local function symmetric(values, bits, scale)
  local most, list = 2 ^ (bits - 1) - 1, {}
  for i, value in ipairs(values) do
    list[i] = math.max(-most, math.min(most, round(value / scale))) * scale
  end
  return list
end

local function random_rows(seed, rows, columns)
  return tensor.randn(seed, rows, columns)
end

function test.rounding_is_half_to_even()
  local w = tensor.from_table { { 7, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5 } }
  t.eq(quant.int { bits = 4 }:apply(w):totable(), { { 7, 0, 2, 2, 0, -2, -2 } })
end

function test.per_tensor_and_per_channel()
  local w = tensor.from_table { { 14, 3, -5 }, { 0.7, 0.26, -0.1 } }
  local rows = w:totable()
  local shared = quant.int { bits = 4, per = "tensor" }:apply(w):totable()
  local own = quant.int { bits = 4, per = "channel" }:apply(w):totable()
  for i, row in ipairs(rows) do
    t.near(shared[i], symmetric(row, 4, 2), 1e-6)
    t.near(own[i], symmetric(row, 4, absmax(row) / 7), 1e-6)
  end
end

function test.groups_have_a_scale_each()
  local w = tensor.from_table { { 7, 1.4, 0.7, 0.05 } }
  t.near(quant.int { bits = 4, per = "group", group = 2 }:apply(w):totable()[1], { 7, 1, 0.7, 0 }, 1e-6)
end

function test.random_weights_at_all_bits()
  for bits = 2, 8 do
    local w = random_rows(bits, 5, 9)
    local got = quant.int { bits = bits, per = "channel" }:apply(w):totable()
    for i, row in ipairs(w:totable()) do
      local scale = absmax(row) / (2 ^ (bits - 1) - 1)
      -- A quotient within float32 rounding of a half may fall on either side.
      for j, expected in ipairs(symmetric(row, bits, scale)) do
        local close_to_half = math.abs(math.abs(row[j] / scale) % 1 - 0.5) < 1e-5
        t.ok(close_to_half or math.abs(got[i][j] - expected) < 1e-5, ("int%d"):format(bits))
      end
    end
  end
end

function test.asymmetric_grids_span_the_range()
  local w = tensor.from_table { { 0, 1, 2, 3.4, 15 } }
  t.near(quant.int { bits = 4, symmetric = false }:apply(w):totable()[1], { 0, 1, 2, 3, 15 }, 1e-6)
end

function test.errors_are_at_most_half_a_step()
  for seed = 1, 10 do
    local w = random_rows(seed, 4, 16)
    local q = quant.int { bits = 3, per = "tensor" }
    local step = w:abs():max() / 3
    t.ok((q:apply(w) - w):abs():max() <= step / 2 + 1e-6)
    t.ok(q:apply(q:apply(w)):allclose(q:apply(w)), "applying it again changes nothing")
    t.ok(q:apply(w * 8):equal(q:apply(w) * 8), "a scale of 2^k passes through")
  end
end

function test.zeros_stay_zeros()
  local zero = tensor.zeros(2, 3)
  t.ok(quant.int():apply(zero):equal(zero))
  t.ok(quant.int({ symmetric = false }):apply(zero):equal(zero))
end

function test.quantizers_describe_themselves()
  local q = quant.int { bits = 3, per = "group", group = 64 }
  t.eq({ q:bits(), q:per(), q:symmetric() }, { 3, "group", true })
  t.eq(tostring(quant.int()), "int4 symmetric per channel, clip absmax")
end

function test.schemes()
  local m = support.model()
  local naive, sane = m:quantized(quant.naive { bits = 3 }), m:quantized(quant.sane())
  for _, param in ipairs(m:params()) do
    local bias = param.name:find("bias$") ~= nil
    local matrix = param.layer ~= nil and #param.shape == 2
    t.eq(naive:edited(param.name), not bias, param.name)
    t.eq(sane:edited(param.name), matrix, param.name)
  end
  t.ok(not m:quantized(quant.sane { protect = { 0 } }):edited("L0.mlp.up"))
end

function test.messages()
  t.raises("quant.int: unknown option 'bit' (did you mean 'bits'?); options are bits, clip, group, per, symmetric",
    function()
      quant.int { bit = 4 }
    end)
  t.raises("quant.int: unknown clip 'max', expected one of: absmax", function()
    quant.int { clip = "max" }
  end)
  t.raises("expected one of: tensor, channel, group", function()
    quant.int { per = "row" }
  end)
  for _, bits in ipairs({ 1, 9, -3 }) do
    t.raises("2 to 8", function()
      quant.int { bits = bits }
    end)
  end
  t.raises("group", function()
    quant.int { per = "group", group = 0 }
  end)
  t.raises("quant.sane: unknown option 'per'; options are bits, protect", function()
    quant.sane { per = "tensor" }
  end)
end

return test
