-- The clips that rules choose.

local native = require("residua.native").quant
local options = require("residua.options")
local sorted_keys = require("residua.sorted_keys")
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

---@class residua.quant.LanguageClipOpts
---@field bits? integer  4 by default
---@field law? string  "laplace" (the default), "gauss" or "aciq" (per language the law that fits better)
---@field shares? table<string, number>  of each language in the weighted clip; equal by default

-- ACIQ's clip from what a sketch and moments know, about 0, where clip = "fixed" has its centre.
local function aciq_clip(sketch, moments, law, bits)
  local std, deviation = math.sqrt(moments:variance() + moments:mean() ^ 2), sketch:mean_deviation(0)
  if law == "aciq" then
    local gauss_fits = math.log(2 * deviation) + 1 >= math.log(std) + math.log(2 * math.pi * math.exp(1)) / 2
    law = gauss_fits and "gauss" or "laplace"
  end
  return (law == "gauss" and std or deviation) * native.aciq_optimum(law, bits)
end

--- Returns ACIQ's clip values of the activations at a site, one per language and one for all, weighted by language
--- (language-aware ACIQ). Use them with clip = "fixed".
---@param model Model
---@param texts Corpus  calibration texts
---@param site string
---@param opts? residua.quant.LanguageClipOpts
---@return table<string, number> clips  by language
---@return number weighted  mean of these by share
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 2, languages = { "eng", "heb" } })
---local by_language, weighted = quant.language_clips(m, texts, "L3.mlp.in")
---assert(math.abs((by_language.eng + by_language.heb) / 2 - weighted) < 1e-9)
function M.language_clips(model, texts, site, opts)
  opts = options.check("quant.language_clips", opts,
    { bits = { "integer", 4 }, law = { "string", "laplace" }, shares = { "table" } })
  options.one_of("quant.language_clips", "law", opts.law, { "laplace", "gauss", "aciq" })
  options.argument("quant.language_clips", "model", model, "Model")
  options.argument("quant.language_clips", "texts", texts, "Corpus")
  options.argument("quant.language_clips", "site", site, "string")
  if #model:sites(site) ~= 1 or model:sites(site)[1] ~= site then
    error(("quant.language_clips: '%s' must name one site, such as L3.mlp.in"):format(site), 2)
  end
  for _, code in ipairs(sorted_keys(opts.shares or {}, true)) do
    options.one_of("quant.language_clips", "language", code, texts:languages())
  end
  local summaries = model:capture(texts, site, { reduce = "summary" })[site]
  local clips, weighted, total = {}, 0, 0
  for _, code in ipairs(texts:languages()) do
    local share = opts.shares and (opts.shares[code] or 0) or 1
    clips[code] = aciq_clip(summaries[code].sketch, summaries[code].moments, opts.law, opts.bits)
    weighted, total = weighted + share * clips[code], total + share
  end
  if not (total > 0 and total < math.huge) then
    error(("quant.language_clips: the shares sum to %g; give them of languages of the texts, above 0"):format(total), 2)
  end
  return clips, weighted / total
end

return M
