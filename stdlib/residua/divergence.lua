-- Divergences of two models: the measures of llama.cpp's tool. They have the names of its perplexity tool, by language,
-- with intervals over sentences. Both models run in one pass, and no logits are kept.

local labels = require("residua.labels")
local native = require("residua.native").run
local options = require("residua.options")
local sweep = require("residua.sweep")
local table_of = require("residua.table")

local M = {}

--- How the next-token predictions of a changed model diverge from those of a base model; `divergence.compare` says what
--- each metric is.
---@class Divergence
---@field rows table[]  by language: tokens, and metrics as effects: mean_kld, rms_dp, same_top ...
---@field all table  the row of all texts together
---@field texts Corpus
---@field level number  of the intervals
local Divergence = {}
Divergence.__index = Divergence
Divergence.__name = "Divergence"

-- Each metric under llama.cpp's name, in its order; Q is the changed model.
local METRICS <const> = {
  { "ppl", "Mean PPL(Q)" }, { "ppl_base", "Mean PPL(base)" },
  { "correlation", "Cor(ln(PPL(Q)), ln(PPL(base)))" }, { "ln_ppl_ratio", "Mean ln(PPL(Q)/PPL(base))" },
  { "ppl_ratio", "Mean PPL(Q)/PPL(base)" }, { "ppl_difference", "Mean PPL(Q)-PPL(base)" },
  { "mean_kld", "Mean KLD" }, { "max_kld", "Maximum KLD" }, { "kld_p999", "99.9% KLD" }, { "kld_p99", "99.0% KLD" },
  { "kld_p95", "95.0% KLD" }, { "kld_p90", "90.0% KLD" }, { "median_kld", "Median KLD" }, { "kld_p10", "10.0% KLD" },
  { "kld_p05", "5.0% KLD" }, { "kld_p01", "1.0% KLD" }, { "min_kld", "Minimum KLD" },
  { "mean_dp", "Mean Δp [%]" }, { "max_dp", "Maximum Δp [%]" }, { "dp_p999", "99.9% Δp [%]" },
  { "dp_p99", "99.0% Δp [%]" }, { "dp_p95", "95.0% Δp [%]" }, { "dp_p90", "90.0% Δp [%]" },
  { "median_dp", "Median Δp [%]" }, { "dp_p10", "10.0% Δp [%]" }, { "dp_p05", "5.0% Δp [%]" },
  { "dp_p01", "1.0% Δp [%]" }, { "min_dp", "Minimum Δp [%]" }, { "rms_dp", "RMS Δp [%]" },
  { "same_top", "Same top p [%]" },
}

local function all_in_one(texts)
  local list = {}
  for i = 1, texts:count() do
    list[i] = 1
  end
  return list
end

-- Rows by language, in the corpus's order, and the one of all texts.
local function summarize(self, opts)
  local columns, codes = self.texts:table(), self.texts:languages()
  local groups, number = labels.numbered(columns.language)
  local sentences = labels.numbered(columns.sentence)
  local function summaries(group_of_text, count)
    return native.divergence_summary(self.values, self.tokens, group_of_text, count, sentences, opts.seed, opts.level,
      opts.resamples)
  end
  local by_group = summaries(groups, #codes)
  for i, code in ipairs(codes) do
    self.rows[i] = by_group[number[code]]
    self.rows[i].language = code
  end
  self.all = summaries(all_in_one(self.texts), 1)[1]
end

---@class residua.divergence.Opts
---@field seed? integer  1 by default
---@field resamples? integer  1000 by default
---@field level? number  0.95 by default

--- Measures how a changed model's predictions diverge from those of a base model on texts.
---
--- Fields: `rows` per language and `all` texts together, each with its `tokens` and metrics as effects (estimate, low,
--- high: expanded percentile intervals over sentences, which are the same in all languages; means of 3 to 5 have
--- Student's, fewer than 3 none).
--- KL divergence of the next token [nats]: mean_kld, median_kld, max_kld, min_kld, kld_p01, kld_p05, kld_p10, kld_p90,
--- kld_p95, kld_p99, kld_p999. Change of the probability of the correct token [%]: mean_dp, rms_dp, and the same
--- quantiles (median_dp, dp_p01 and so on). `same_top` [%]: how often both find the same token most likely. ppl,
--- ppl_base, ppl_ratio, ppl_difference, ln_ppl_ratio, `correlation` of the token's ln p under both. Every token but a
--- text's first counts (llama.cpp counts those in the second half of each window of a long text).
---@param base Model
---@param changed Model
---@param texts Corpus
---@param opts? residua.divergence.Opts
---@return Divergence
---@example
---local divergence = require("residua.divergence")
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 3 })
---local d = divergence.compare(m, m:quantized(quant.sane()), texts)
---assert(#d.rows == 16 and d.all.mean_kld.estimate > 0 and d.all.same_top.estimate <= 100)
function M.compare(base, changed, texts, opts)
  opts = options.check("divergence.compare", opts, { seed = { "integer", 1 }, resamples = { "integer", 1000 },
    level = { "number", 0.95 } })
  options.argument("divergence.compare", "base", base, "Model")
  options.argument("divergence.compare", "changed", changed, "Model")
  options.argument("divergence.compare", "texts", texts, "Corpus")
  local values, tokens = native.divergence(base, changed, sweep.tokens(base, texts))
  local self = setmetatable({ rows = {}, texts = texts, values = values[1], tokens = tokens, level = opts.level },
    Divergence)
  summarize(self, opts)
  return self
end

--- Returns the row of a language.
---@param language string
---@return table? row  nil where the texts lack the language
function Divergence:row(language)
  return labels.row(self.rows, language)
end

--- Returns the tokens of one text, all but its first: `kld` [nats], `nll_base` and `nll_changed` of the correct token
--- [nats], `same_top` (1 or 0), each a list.
---@param text integer  its position in the corpus, from 1
---@return table
function Divergence:of_text(text)
  if not self.tokens[text] then
    error(("Divergence:of_text: no text %s; there are %d"):format(options.shown(text), #self.tokens), 2)
  end
  local first = 1
  for i = 1, text - 1 do
    first = first + self.tokens[i]
  end
  local part, columns = self.values:narrow(1, first, self.tokens[text]), {}
  for i, name in ipairs({ "kld", "nll_base", "nll_changed", "same_top" }) do
    columns[name] = part:select(2, i):totable()
  end
  return columns
end

--- Returns the KL divergence of each text, summed over its tokens [nats], in the corpus's order.
---@return number[]
---@example
---local divergence = require("residua.divergence")
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 1 })
---assert(#divergence.compare(m, m:quantized(quant.sane()), texts):by_text() == texts:count())
function Divergence:by_text()
  local sums, first, kld = {}, 1, self.values:select(2, 1)
  for i, count in ipairs(self.tokens) do
    sums[i] = count > 0 and kld:narrow(1, first, count):to("float64"):sum() or 0
    first = first + count
  end
  return sums
end

function Divergence:__tostring()
  local interval = ("%g %% intervals over sentences"):format(100 * self.level)
  local by_language = table_of(self.rows, { columns = { "language", "tokens", "mean_kld", "median_kld", "kld_p99",
    "rms_dp", "same_top", "correlation" }, caption = "Divergence by language, " .. interval })
  local rows = {}
  for i, metric in ipairs(METRICS) do
    rows[i] = { metric = metric[2], value = self.all[metric[1]] }
  end
  local all = table_of(rows, { columns = { "metric", "value" },
    caption = ("All %d tokens, %s"):format(self.all.tokens, interval) })
  return tostring(by_language) .. "\n\n" .. tostring(all)
end

return M
