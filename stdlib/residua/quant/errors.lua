-- What quantization does to weights, before any text is read.

local M = {}

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
  local squares, power = 0, 0
  for _, name in ipairs(params) do
    local weight = model:param(name)
    squares = squares + ((quantizer:apply(weight) - weight) ^ 2):sum()
    power = power + (weight ^ 2):sum()
  end
  return squares / power
end

return M
