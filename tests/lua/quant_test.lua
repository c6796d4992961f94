-- Quantizers against their formulas, computed here in plain Lua.
local json = require("residua.json")
local native = require("residua.native")
local quant = require("residua.quant")
local support = require("tests.lua.support")
local sweep = require("residua.sweep")
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
  t.eq({ q:bits(), q:per() }, { 3, "group" })
  t.eq(tostring(quant.int()), "int4 symmetric per channel, clip absmax")
end

function test.quantizers_survive_their_options()
  local many = { quant.int(), quant.int { symmetric = false, one_sided = true, clip = "aciq" },
    quant.int { full_range = true, per = "block", group = 16 },
    quant.int { clip = "percentile", clip_value = 99, rounding = "stochastic", seed = 7 },
    quant.int { bias_correction = true, allocate_bits = true, clip = "mse" }, quant.float(),
    quant.float { format = "fp4_e2m1", per = "group", group = 32 }, quant.nf4(), quant.mxfp4(), quant.mxfp8(),
    quant.nvfp4(), quant.ternary(), quant.binary(), quant.int():keeping({ 3, 1 }, { 2 }) }
  for i, q in ipairs(many) do
    local again = quant.of(json.decode(json.encode(q:options())))
    t.ok(again == q and again:digest() == q:digest(), tostring(q))
    for j = 1, i - 1 do
      t.ok(q ~= many[j] and q:digest() ~= many[j]:digest(), tostring(q))
    end
  end
end

function test.errors_add_up()
  local w = support.model():param("L0.mlp.up")
  for _, q in ipairs { quant.int(), quant.int { bits = 3, clip = "aciq" }, quant.nf4 { group = 16 }, quant.mxfp4() } do
    local e = q:error(w)
    t.near(e.clipping_mse + e.rounding_mse, e.mse, 1e-12)
    t.near(((q:apply(w) - w):to("float64") ^ 2):mean(), e.mse, 1e-9)
    t.near(10 * math.log((w:to("float64") ^ 2):mean() / e.mse, 10), e.sqnr, 1e-6)
  end
end

function test.better_clips_err_less()
  local w = support.model():param("L0.mlp.up")
  local function mse(clip)
    return quant.int({ bits = 3, clip = clip }):error(w).mse
  end
  t.ok(mse("mse") <= math.min(mse("absmax"), mse("aciq_gauss"), mse("aciq_laplace"), mse("kurtosis_rule")))
end

function test.bias_correction_restores_rows()
  local w = support.model():param("L0.mlp.up"):to("float64")
  local q = quant.int({ bits = 2, bias_correction = true }):apply(w:to("float32")):to("float64")
  t.ok(q:mean(2):allclose(w:mean(2), 1e-5))
  t.ok(q:std(2):allclose(w:std(2), 1e-4))
end

function test.activations_are_quantized_per_token()
  local m, texts = support.model(), support.texts()
  local int3 = quant.int { bits = 3, per = "token" }
  local q = m:quantized_activations { with = int3, at = "L1.mlp.in" }
  local plain, changed = m:capture(texts, "L1.mlp.in")["L1.mlp.in"], q:capture(texts, "L1.mlp.in")["L1.mlp.in"]
  for i = 1, texts:count() do
    t.ok(changed[i]:equal(int3:apply(plain[i])))
  end
  t.eq(m:digest() == q:digest(), false)
  t.raises("activations quantized int4 symmetric per channel, clip absmax depend on their batch", function()
    m:quantized_activations { with = quant.int(), at = "L1.mlp.in" }
  end)
end

function test.methods_beat_plain_rounding_at_the_output()
  local m, texts = support.model(), support.texts()
  local int3 = quant.int { bits = 3 }
  local names = { params = "L0.mlp.up" }
  local lengths, weights = sweep.tokens(m, texts):lengths(), {}
  for i = 1, #lengths do
    weights[i] = 1
  end
  local inputs = native.quant.inputs(m, sweep.tokens(m, texts), { "L0.mlp.in" }, weights)[1]
  local function error_of(with)
    local changed = m:quantized { with = with, params = names.params }
    return quant.output_error(m:param("L0.mlp.up"), changed:param("L0.mlp.up"), inputs)
  end
  local plain = error_of(int3)
  t.ok(error_of(quant.gptq { calibrate = texts, with = int3 }) < plain)
  t.ok(error_of(quant.awq { calibrate = texts, with = int3 }) <= plain)
  t.ok(error_of(quant.hqq { bits = 3, group = 16 }) < plain)
  t.raises("gptq quantizes the matrices of layers, not embed.tokens", function()
    m:quantized { with = quant.gptq { calibrate = texts }, params = "embed.tokens" }
  end)
  t.raises("the calibration texts have no language 'xya'", function() -- the first of several
    m:quantized { with = quant.gptq { calibrate = texts, shares = { xyz = 1, xyd = 1, xyc = 1, xyb = 1, xya = 1 } } }
  end)
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
  t.raises("quant.int: unknown option 'bit' (did you mean 'bits'?); options are allocate_bits, bias_correction, bits",
    function()
      quant.int { bit = 4 }
    end)
  t.raises("quant.int: unknown clip 'absmin' (did you mean 'absmax'?), expected one of: absmax, percentile", function()
    quant.int { clip = "absmin" }
  end)
  t.raises("quant.int: unknown per 'rows' (did you mean 'row'?)", function()
    quant.int { per = "rows" }
  end)
  t.raises("quant.int: clip = \"percentile\" needs the option 'clip_value'", function()
    quant.int { clip = "percentile" }
  end)
  t.raises("quant.int: option 'clip_value' belongs to clip = \"percentile\" or \"fixed\"", function()
    quant.int { clip_value = 3 }
  end)
  t.raises("a one-sided clip on the grid int4 symmetric; use an asymmetric grid", function()
    quant.int { one_sided = true, clip = "aciq" }
  end)
  t.raises("quant.int: option 'one_sided' belongs to clip", function()
    quant.int { one_sided = true }
  end)
  t.raises("quant.int: option 'group' belongs to per", function()
    quant.int { group = 64 }
  end)
  t.raises("quant.int: option 'seed' belongs to rounding", function()
    quant.int { seed = 64 }
  end)
  t.raises("quant.float: unknown format 'fp8'", function()
    quant.float { format = "fp8" }
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
