-- Means of texts without what their length explains.

local options = require("residua.options")
local sweep = require("residua.sweep")
local tensor = require("residua.tensor")

local M = {}

--- Returns mean activations of texts less what language and length explain: of each channel the mean in the language,
--- and what is linear in 1 / tokens there, which is the share of a text's first token (on which attention rests, and
--- which is like no other) in its mean. The same sentence has a like length in all languages, and in all layers.
---@param model Model
---@param texts Corpus  aligned
---@param means Tensor  [texts, channels], as `model:capture` with reduce = "mean" gives them
---@return Tensor  [languages, sentences, channels] float64
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 4, languages = { "eng", "heb" } })
---local means = m:capture(texts, "L3.resid.post", { reduce = "mean" })["L3.resid.post"]
---local rest = capture.without_length(m, texts, means)
---assert(rest:size(1) == 2 and rest:size(2) == 4 and math.abs(rest:sum()) < 1e-6)
function M.without_length(model, texts, means)
  options.argument("capture.without_length", "model", model, "Model")
  options.argument("capture.without_length", "texts", texts, "Corpus")
  options.argument("capture.without_length", "means", means, "Tensor")
  local languages, count = #texts:languages(), texts:count()
  if count % languages > 0 or means:size(1) ~= count then
    error(("capture.without_length: %d means of %d texts in %d languages; align the texts, and give the mean of each")
      :format(means:size(1), count, languages), 2)
  end
  local inverse = tensor.from_table(sweep.tokens(model, texts):lengths(), "float64"):reshape({ languages, -1, 1 }) ^ -1
  inverse = inverse - inverse:mean(2, true)
  local rest = means:to("float64"):reshape({ languages, count // languages, -1 })
  rest = rest - rest:mean(2, true)
  local slopes = (inverse * rest):sum(2, true) / ((inverse ^ 2):sum(2, true) + 1e-30)
  return rest - inverse * slopes
end

return M
