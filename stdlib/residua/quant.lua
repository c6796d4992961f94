-- Quantizers: what values a tensor may take. A quantizer is an immutable value that prints itself.

local native = require("residua.native").quant
local options = require("residua.options")

local M = {}

M.aciq_optimum = native.aciq_optimum
M.inputs = native.inputs
M.output_error = native.output_error

for _, subject in ipairs { "methods", "clips", "errors" } do
  for name, value in pairs(require("residua.quant." .. subject)) do
    M[name] = value
  end
end

local CLIPS = { "absmax", "percentile", "fixed", "mse", "aciq_gauss", "aciq_laplace", "aciq", "kurtosis_rule",
  "absmean" }
local GRANULARITIES = { "tensor", "channel", "row", "group", "block", "token" }
local FORMATS = { "fp8_e4m3", "fp8_e5m2", "fp4_e2m1" }

-- What all quantizers take: who shares a scale, and what is clipped.
local function with_common(spec)
  spec.per = spec.per or { "string", "channel" }
  spec.group = { "integer" }
  spec.clip = spec.clip or { "string", "absmax" }
  spec.clip_value = { "number" }
  spec.one_sided = { "boolean", false }
  spec.rounding, spec.seed = { "string", "half_even" }, { "integer" }
  spec.bias_correction, spec.allocate_bits = { "boolean", false }, { "boolean", false }
  return spec
end

local NEEDS_VALUE = { percentile = true, fixed = true }
local GROUPED = { group = true, block = true }
local ONE_SIDED = { fixed = true, aciq = true, aciq_gauss = true, aciq_laplace = true, kurtosis_rule = true }

-- Options that another one makes meaningless are errors: who gives them expects an effect.
local function check_together(where, opts)
  local function refuse(condition, message, ...)
    if condition then
      error(where .. ": " .. message:format(...), 5)
    end
  end
  refuse(NEEDS_VALUE[opts.clip] and not opts.clip_value, "clip = \"%s\" needs the option 'clip_value'", opts.clip)
  refuse(opts.clip_value and not NEEDS_VALUE[opts.clip],
    "option 'clip_value' belongs to clip = \"percentile\" or \"fixed\"")
  refuse(opts.group and not GROUPED[opts.per], "option 'group' belongs to per = \"group\" or \"block\"")
  refuse(opts.seed and opts.rounding ~= "stochastic", "option 'seed' belongs to rounding = \"stochastic\"")
  refuse(opts.one_sided and not ONE_SIDED[opts.clip],
    "option 'one_sided' belongs to clip = \"fixed\", \"kurtosis_rule\" or one of ACIQ's")
end

-- Blames the caller of the function that calls this; that one must not make it a tail call.
local function make(where, grid, opts, scales)
  options.one_of(where, "per", opts.per, GRANULARITIES, 4)
  options.one_of(where, "clip", opts.clip, CLIPS, 4)
  options.one_of(where, "rounding", opts.rounding, { "half_even", "stochastic" }, 4)
  check_together(where, opts)
  local per = opts.per == "row" and "channel" or opts.per
  local ok, made = pcall(native.make, grid, opts.bits or 4, per, opts.group, opts.clip, opts.clip_value,
    opts.one_sided, scales or "float32", opts.rounding == "stochastic" and (opts.seed or 1) or nil,
    opts.bias_correction, opts.allocate_bits)
  if not ok then
    error(where .. ": " .. tostring(made):gsub("^make: ", ""), 3)
  end
  return made
end

---@class residua.quant.Opts
---@field bits? integer  2 to 8; 4 by default
---@field per? string  what shares a scale: "tensor", "channel" (the default: an output channel; "row" is the same),
---  "group" (of a row's values), "block" (a square of group x group) or "token" (a row of activations)
---@field group? integer  values that share a scale with per = "group", side with per = "block"; 128 by default
---@field symmetric? boolean  true by default
---@field full_range? boolean  symmetric with one more level below; false by default
---@field clip? string  "absmax" (the default), "percentile", "fixed", "mse", "aciq_gauss", "aciq_laplace", "aciq" (the
---  law that fits better), "kurtosis_rule" (2.5 + 0.3 ln(1 + kurtosis) std: not ACIQ's) or "absmean"
---@field clip_value? number  of clip = "percentile" the share of magnitudes that is kept [%], and where so many are 0
---  that this would keep nothing else, nothing is clipped; of clip = "fixed" the greatest magnitude that is kept,
---  whatever the data
---@field one_sided? boolean  values are non-negative, as after ReLU: asymmetric grids, ACIQ with one bit more
---@field rounding? string  "half_even" (the default) or "stochastic"
---@field seed? integer  of stochastic rounding; 1 by default
---@field bias_correction? boolean  give each row back its mean and norm (ACIQ 4.2)
---@field allocate_bits? boolean  per channel: more bits for wide rows, fewer for narrow ones (ACIQ 4.3)

--- Returns an integer quantizer. Symmetric: scale = absmax / (2^(bits-1) - 1), rounding half to even, so 15 levels
--- at 4 bits; with full_range 2 absmax / (2^bits - 1) and 16. Asymmetric: scale = (max - min) / (2^bits - 1) and an
--- integer zero point.
---@param opts? residua.quant.Opts
---@return Quantizer
---@example
---local int4 = quant.int { bits = 4, per = "channel", clip = "absmax" }
---assert(tostring(int4):find("int4 symmetric per channel"))
---assert(tostring(quant.int { bits = 3, clip = "percentile", clip_value = 99.9 }):find("percentile 99.9"))
function M.int(opts)
  opts = options.check("quant.int", opts, with_common { bits = { "integer", 4 }, symmetric = { "boolean", true },
    full_range = { "boolean", false } })
  if opts.bits < 2 or opts.bits > 8 then
    error(("quant.int: bits is %d, expected 2 to 8"):format(opts.bits), 2)
  elseif opts.full_range and not opts.symmetric then
    error("quant.int: full_range belongs to symmetric quantizers; asymmetric ones use all levels", 2)
  end
  local grid = not opts.symmetric and "asymmetric" or opts.full_range and "full" or "symmetric"
  return (make("quant.int", grid, opts))
end

---@class residua.quant.GridOpts
---@field per? string  what shares a scale; this and the others as for quant.int
---@field group? integer  values that share a scale with per = "group", side with per = "block"
---@field clip? string  the rule; "absmax" by default, "absmean" of ternary and binary
---@field clip_value? number  of clip = "percentile" [%] or "fixed"
---@field one_sided? boolean  values are non-negative
---@field rounding? string  "half_even" (the default) or "stochastic"
---@field seed? integer  of stochastic rounding; 1 by default
---@field bias_correction? boolean
---@field allocate_bits? boolean

---@class residua.quant.FloatOpts: residua.quant.GridOpts
---@field format? string  "fp8_e4m3" (the default), "fp8_e5m2" or "fp4_e2m1"

--- Returns a quantizer onto a small float format, with float32 scales: scale = absmax / greatest number of the format;
--- per channel by default.
---@param opts? residua.quant.FloatOpts
---@return Quantizer
---@example
---local w = tensor.from_table { { 448, 17, 0.3 } }
---assert(quant.float { format = "fp8_e4m3" }:apply(w):equal(tensor.from_table { { 448, 16, 0.3125 } }))
function M.float(opts)
  opts = options.check("quant.float", opts, with_common { format = { "string", "fp8_e4m3" } })
  return (make("quant.float", options.one_of("quant.float", "format", opts.format, FORMATS), opts))
end

--- Returns a quantizer onto the 16 levels of NF4 (QLoRA); per group of 64 by default.
---@param opts? residua.quant.GridOpts
---@return Quantizer
---@example
---assert(tostring(quant.nf4()):find("nf4 per group of 64", 1, true))
function M.nf4(opts)
  opts = options.check("quant.nf4", opts, with_common { per = { "string", "group" } })
  opts.group = opts.group or opts.per == "group" and 64 or nil
  return (make("quant.nf4", "nf4", opts))
end

-- The block formats fix everything but rounding.
local function block_format(where, grid, group, scales, opts)
  opts = options.check(where, opts, { rounding = { "string", "half_even" }, seed = { "integer" } }, 4)
  opts.per, opts.group, opts.clip = "group", group, "absmax"
  return (make(where, grid, opts, scales))
end

---@class residua.quant.RoundingOpts
---@field rounding? string  "half_even" (the default) or "stochastic"
---@field seed? integer

--- Returns MXFP4 of the OCP Microscaling specification: FP4 E2M1 in groups of 32 with power-of-two scales.
---@param opts? residua.quant.RoundingOpts
---@return Quantizer
---@example
---assert(quant.mxfp4():apply(tensor.from_table { { 6, 2.4 } }):equal(tensor.from_table { { 6, 2 } }))
function M.mxfp4(opts)
  return (block_format("quant.mxfp4", "fp4_e2m1", 32, "power_of_two", opts))
end

--- Returns MXFP8 of the OCP Microscaling specification: FP8 E4M3 in groups of 32 with power-of-two scales.
---@param opts? residua.quant.RoundingOpts
---@return Quantizer
---@example
---print(quant.mxfp8())
function M.mxfp8(opts)
  return (block_format("quant.mxfp8", "fp8_e4m3", 32, "power_of_two", opts))
end

--- Returns NVFP4: FP4 E2M1 in groups of 16 with E4M3 scales and one float32 per tensor.
---@param opts? residua.quant.RoundingOpts
---@return Quantizer
---@example
---print(quant.nvfp4())
function M.nvfp4(opts)
  return (block_format("quant.nvfp4", "fp4_e2m1", 16, "e4m3", opts))
end

--- Returns the ternary quantizer of BitNet b1.58: scale = mean |w|, codes -1, 0, 1; per tensor by default.
---@param opts? residua.quant.GridOpts
---@return Quantizer
---@example
---local w = tensor.from_table { { 3, -0.5, 0.1, -2.4 } }
---assert(quant.ternary():apply(w):equal(tensor.from_table { { 1.5, 0, 0, -1.5 } }))
function M.ternary(opts)
  local spec = with_common { per = { "string", "tensor" }, clip = { "string", "absmean" } }
  return (make("quant.ternary", "ternary", options.check("quant.ternary", opts, spec)))
end

--- Returns the binary quantizer: the sign times the mean magnitude, which is the least-squares choice (XNOR-Net);
--- per channel by default.
---@param opts? residua.quant.GridOpts
---@return Quantizer
---@example
---assert(quant.binary():apply(tensor.from_table { { 3, -1 } }):equal(tensor.from_table { { 2, -2 } }))
function M.binary(opts)
  return (make("quant.binary", "binary",
    options.check("quant.binary", opts, with_common { clip = { "string", "absmean" } })))
end

--- Returns the quantizer that `Quantizer:options` describes, from JSON for instance.
---@param o table
---@return Quantizer
---@example
---local q = quant.int { bits = 3, per = "group", group = 32, clip = "mse" }
---assert(quant.of(q:options()) == q)
function M.of(o)
  local given = options.check("quant.of", o, { grid = { "string", required = true }, bits = { "integer", 4 },
    per = { "string", "tensor" }, group = { "integer", 128 }, clip = { "string", "absmax" },
    clip_value = { "number" }, one_sided = { "boolean", false }, scales = { "string", "float32" },
    seed = { "integer" }, bias_correction = { "boolean", false }, allocate_bits = { "boolean", false },
    rows = { "table", {} }, columns = { "table", {} } })
  return native.make(given.grid, given.bits, given.per, given.group, given.clip, given.clip_value, given.one_sided,
    given.scales, given.seed, given.bias_correction, given.allocate_bits):keeping(given.rows, given.columns)
end

---@class residua.quant.SchemeOpts
---@field bits? integer  4 by default
---@field protect? string|string[]|integer[]  params to keep in full precision

--- Returns the options of the naive scheme of the early studies: symmetric absmax per tensor over every weight, with
--- embeddings, norms and tied head. Pass them to `model:quantized` or `plan.make`.
---@param opts? residua.quant.SchemeOpts
---@return residua.model.QuantizeOpts
---@example
---assert(model.load("mini"):quantized(quant.naive()):edited("embed.tokens"))
function M.naive(opts)
  opts = options.check("quant.naive", opts, { bits = { "integer", 4 }, protect = { "string|table|function" } })
  return { with = M.int { bits = opts.bits, per = "tensor" }, params = "*", protect = opts.protect }
end

--- Returns the options of a scheme that practitioners use: symmetric absmax per channel over the matrices of
--- the layers; norms, embeddings and head are kept.
---@param opts? residua.quant.SchemeOpts
---@return residua.model.QuantizeOpts
---@example
---assert(not model.load("mini"):quantized(quant.sane()):edited("embed.tokens"))
function M.sane(opts)
  opts = options.check("quant.sane", opts, { bits = { "integer", 4 }, protect = { "string|table|function" } })
  return { with = M.int { bits = opts.bits, per = "channel" }, protect = opts.protect }
end

return M
