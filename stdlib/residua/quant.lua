-- Quantizers: what values a weight may take. A quantizer is an immutable value that prints itself.

local native = require("residua.native").quant
local options = require("residua.options")

local M = {}

---@class residua.quant.Opts
---@field bits? integer  2 to 8; 4 by default
---@field per? string  "tensor", "channel" (the default: one scale per output channel) or "group"
---@field group? integer  values that share a scale with per = "group"; 128 by default
---@field symmetric? boolean  true by default
---@field clip? string  "absmax"

--- Returns an integer quantizer. Symmetric: scale = absmax / (2^(bits-1) - 1), rounding half to even, so 15 levels
--- at 4 bits. Asymmetric: scale = (max - min) / (2^bits - 1) and an integer zero point.
---@param opts? residua.quant.Opts
---@return Quantizer
---@example
---local int4 = quant.int { bits = 4, per = "channel", clip = "absmax" }
---assert(tostring(int4):find("int4 symmetric per channel"))
function M.int(opts)
  opts = options.check("quant.int", opts, {
    bits = { "integer", 4 }, per = { "string", "channel" }, group = { "integer", 128 },
    symmetric = { "boolean", true }, clip = { "string", "absmax" },
  })
  if opts.clip ~= "absmax" then
    error(("quant.int: unknown clip '%s', expected one of: absmax"):format(opts.clip), 2)
  end
  if opts.bits < 2 or opts.bits > 8 then
    error(("quant.int: bits is %d, expected 2 to 8"):format(opts.bits), 2)
  end
  return native.integer(opts.bits, opts.symmetric, opts.per, opts.group)
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
