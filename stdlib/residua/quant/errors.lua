-- What quantization does to weights, before any text is read.

local options = require("residua.options")
local table_of = require("residua.table")

local M = {}

local LEAST <const> = 1e-30 -- of a power: what is all zero has 0 dB

--- Returns the squared error of quantized params over their power, of all together.
---@param model Model
---@param params string[]  names
---@param quantizer Quantizer
---@return number  0 to 1, or more where the error is larger than the weights; NaN where all are 0
---@example
---local m, names = model.load("mini"), { "L0.mlp.up", "L0.mlp.down" }
---local four, eight = quant.int { bits = 4 }, quant.int { bits = 8 }
---assert(quant.relative_error(m, names, eight) < quant.relative_error(m, names, four) / 50)
function M.relative_error(model, params, quantizer)
  options.argument("quant.relative_error", "model", model, "Model")
  options.argument("quant.relative_error", "params", params, "table")
  options.argument("quant.relative_error", "quantizer", quantizer, "Quantizer")
  if #params == 0 then
    error("quant.relative_error: params is empty; name at least one", 2)
  end
  local squares, power = 0, 0
  for _, name in ipairs(params) do
    local weight = model:param(name)
    squares = squares + ((quantizer:apply(weight) - weight) ^ 2):sum()
    power = power + (weight ^ 2):sum()
  end
  return squares / power
end

--- Returns the error that a quantizer makes in each matrix of the layers: `power` and `error` are the mean squares of
--- weights and of their changes, `snr` is their ratio [dB], `crest` the greatest magnitude over the root of the power.
---@param model Model
---@param quantizer Quantizer
---@return Table rows  param, layer, matrix ("attn.qkv"), inputs (columns of the matrix), power, error, snr, crest
---@example
---local rows = quant.errors(model.load("mini"), quant.int { bits = 8, per = "tensor" })
---assert(rows[1].param == "L0.attn.qkv" and rows[1].snr > 20)
function M.errors(model, quantizer)
  options.argument("quant.errors", "model", model, "Model")
  options.argument("quant.errors", "quantizer", quantizer, "Quantizer")
  local rows = {}
  for _, param in ipairs(model:params()) do
    if param.layer and #param.shape == 2 then
      local weight = model:param(param.name)
      local power, error = (weight ^ 2):mean(), ((quantizer:apply(weight) - weight) ^ 2):mean()
      rows[#rows + 1] = { param = param.name, layer = param.layer, matrix = param.name:gsub("^L%d+%.", "", 1),
        inputs = param.shape[2], power = power, error = error,
        snr = 10 * math.log((power + LEAST) / (error + LEAST), 10),
        crest = weight:abs():max() / math.sqrt(power + LEAST) }
    end
  end
  return table_of(rows, { columns = { "param", "power", "error", "snr", "crest" },
    caption = ("Weights under %s: mean squares, their ratio [dB], crest factor"):format(quantizer) })
end

return M
