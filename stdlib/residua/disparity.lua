-- Disparity: how unevenly languages degrade when a model is changed. The measure, differences of two, curves over many
-- plans and what goes with the losses of languages lie in disparity/.

local measure = require("residua.disparity.measure")
local options = require("residua.options")
local opts_of = require("residua.disparity.opts")
local sweep = require("residua.sweep")

local M = {}

--- Measures two models on texts and returns their disparity.
---@param base Model
---@param changed Model
---@param texts Corpus
---@param opts? residua.disparity.Opts
---@return Disparity
---@example
---local m = model.load("mini")
---print(disparity.compare(m, m:quantized(quant.sane()), corpus.load("parallel16", { sentences = 6 })))
function M.compare(base, changed, texts, opts)
  options.argument("disparity.compare", "base", base, "Model")
  options.argument("disparity.compare", "changed", changed, "Model")
  options.argument("disparity.compare", "texts", texts, "Corpus")
  opts = opts_of("disparity.compare", opts, texts)
  local rows = sweep { models = { base, changed }, texts = texts }
  return measure.of(rows[1].loss, rows[2].loss, base:architecture().vocab, opts)
end

for _, subject in ipairs { "measure", "difference", "curve", "related" } do
  for name, value in pairs(require("residua.disparity." .. subject)) do
    M[name] = value
  end
end

return M
