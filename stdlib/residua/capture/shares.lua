-- How much of a language's activation each layer adds to the residual stream.

local tensor = require("residua.tensor")

local M = {}

--- Captures which share of the stream's additions each layer makes: the mean |activation| of its attention and its MLP
--- output in a language, over the sum of all layers'.
---@param model Model
---@param texts Corpus
---@return Tensor shares  [layers, languages] float64; languages in the order of the texts, every column sums to 1
---@example
---local shares = capture.shares(model.load("mini"), corpus.load("parallel16", { sentences = 1 }))
---assert(shares:size(1) == 12 and math.abs(shares:column(1):sum() - 1) < 1e-9)
function M.shares(model, texts)
  local added = {}
  for site, by_language in pairs(model:capture(texts, { "L*.attn.out", "L*.mlp.out" }, { reduce = "sketch" })) do
    local layer, means = tonumber(site:match("%d+")) + 1, {}
    for i, code in ipairs(texts:languages()) do
      means[i] = by_language[code]:mean_deviation(0)
    end
    added[layer] = tensor.from_table(means, "float64") + (added[layer] or 0)
  end
  local sums = tensor.stack(added)
  return sums / sums:sum(1, true)
end

return M
