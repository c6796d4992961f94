-- The clips that rules choose.

local options = require("residua.options")
local tensor = require("residua.tensor")

local M = {}

---@class residua.quant.ClipOpts
---@field rule string  as `clip` of quant.int: "mse", "aciq_laplace", "kurtosis_rule", ...
---@field bits? integer  4 by default

--- Returns the clip that a rule chooses for values that share a scale: the greatest magnitude that is kept, at most
--- that of the values. Use it with clip = "fixed".
---@param values Tensor
---@param opts residua.quant.ClipOpts
---@return number
---@example
---local values = tensor.randn(1, 10000)
---local clip = quant.clip_value(values, { rule = "aciq_gauss", bits = 4 })
---assert(math.abs(clip - quant.aciq_optimum("gauss", 4)) < 0.1)
function M.clip_value(values, opts)
  opts = options.check("quant.clip_value", opts, { rule = { "string", required = true }, bits = { "integer", 4 } })
  local quantizer = require("residua.quant").int { bits = opts.bits, per = "tensor", clip = opts.rule }
  return quantizer:apply(values):abs():max() -- a symmetric grid has the clip itself as its last level
end

--- Returns clips of activations found on texts, by scope and site: "common" to all languages, of each language (under
--- its code), and "weighted", which is the mean of the languages' (language-aware). `Model:clipped` takes them.
---@param model Model
---@param texts Corpus
---@param sites string|string[]  globs
---@param opts residua.quant.ClipOpts
---@return table<string, table<string, number>> clips  by scope and site
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 2, languages = { "eng", "heb" } })
---local clips = quant.clips_by_language(m, texts, "L3.mlp.in", { rule = "mse" })
---local both = clips.eng["L3.mlp.in"] + clips.heb["L3.mlp.in"]
---assert(math.abs(clips.weighted["L3.mlp.in"] - both / 2) < 1e-9 and clips.common["L3.mlp.in"] > 0)
function M.clips_by_language(model, texts, sites, opts)
  options.argument("quant.clips_by_language", "texts", texts, "Corpus")
  local clips, codes = { common = {}, weighted = {} }, texts:languages()
  for site, by_language in pairs((require("residua.capture").tokens(model, texts, sites))) do
    local parts, sum = {}, 0
    for k, code in ipairs(codes) do
      clips[code] = clips[code] or {}
      parts[k] = by_language[code]
      clips[code][site] = M.clip_value(parts[k], opts)
      sum = sum + clips[code][site]
    end
    clips.common[site], clips.weighted[site] = M.clip_value(tensor.cat(parts, 1), opts), sum / #codes
  end
  return clips
end

return M
