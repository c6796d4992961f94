-- What a quantizer does to each matrix of a model.

local table_of = require("residua.table")

local M = {}

local LEAST <const> = 1e-30 -- of a power: what is all zero has 0 dB

--- Returns the error that a quantizer makes in each matrix of the layers: `power` and `error` are the mean squares of
--- weights and of their changes, `snr` is their ratio [dB], `crest` the greatest magnitude over the root of the power.
---@param model Model
---@param quantizer Quantizer
---@return Table rows  param, layer, matrix ("attn.qkv"), inputs (columns of the matrix), power, error, snr, crest
---@example
---local rows = quant.errors(model.load("mini"), quant.int { bits = 8, per = "tensor" })
---assert(rows[1].param == "L0.attn.qkv" and rows[1].snr > 20)
function M.errors(model, quantizer)
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
