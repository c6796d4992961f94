-- The disparity between two losses: four scales side by side, intervals over sentences (the same ones for all
-- languages), and a guard against ratios of collapsed models.

local gap = require("residua.disparity.gap")
local labels = require("residua.labels")
local options = require("residua.options")
local opts_of = require("residua.disparity.opts")
local stats = require("residua.stats")
local table_of = require("residua.table")
local tensor = require("residua.tensor")
local why_not = require("residua.disparity.measurable")

local M = {}

--- How unevenly languages degrade from one model to another. Effects have estimate, low and high, or refused (why).
---@class Disparity
---@field rows table[]  by language: delta_byte, delta_token, delta_character, delta_sentence [nats], ppl_increase [%],
---  script, resource
---@field gap table  effect: worst minus best delta_byte [nats/byte]
---@field ratio table  effect: ppl_increase of the other languages over that of the reference
---@field low_over_high table  effect: mean delta_byte of low- over that of high-resource languages
---@field mean_delta table  effect: mean delta_byte of the languages [nats/byte]
---@field reference string  language code
---@field level number  of the intervals
---@field collapsed? boolean  a language's loss is near ln V, so no ratio is given
---@field refused? string  why no ratio is given
local Disparity = {}
Disparity.__index = Disparity
Disparity.__name = "Disparity"

-- [languages, sentences] of a per-text list; 0 where a language lacks a sentence.
local function matrix(texts, values)
  local columns, codes = texts:table(), texts:languages()
  local _, language_of = labels.numbered(codes)
  local sentence, _, sentences = labels.numbered(columns.sentence)
  local rows = {}
  for i = 1, #codes do
    rows[i] = {}
    for j = 1, sentences do
      rows[i][j] = 0.0
    end
  end
  for i, value in ipairs(values) do
    rows[language_of[columns.language[i]]][sentence[i]] = value + 0.0
  end
  return tensor.from_table(rows, "float64")
end

-- Sums over sentences, [1 + resamples, languages]: row 1 is the data itself, the others are resamples.
local function resampled_sums(texts, counts)
  return function(values)
    return counts:matmul(matrix(texts, values):t())
  end
end

local function index_of(list, wanted)
  for i, value in ipairs(list) do
    if value == wanted then
      return i
    end
  end
end

-- Why a ratio would mislead, or nil.
local function refusal(self, token_nll, vocab, reference_delta)
  local limit = math.log(vocab) - math.log(2)
  for i, nll in ipairs(token_nll) do
    if nll > limit then
      self.rows[i].collapsed = true
      self.collapsed = true
    end
  end
  if self.collapsed then
    return ("collapsed: a language's loss exceeds ln V - ln 2 = %.2f nats/token"):format(limit)
  end
  return why_not(reference_delta, ("the reference language %s did not measurably degrade"):format(self.reference))
end

local function columns_except(count, skipped)
  local list = {}
  for i = 1, count do
    if i ~= skipped then
      list[#list + 1] = i
    end
  end
  return list
end

-- Mean degradation of low-resource over that of high-resource languages, where the corpus knows the classes.
local function low_over_high(self, delta_byte, info, codes, effect)
  local low, high = {}, {}
  for i, code in ipairs(codes) do
    local class = info[code].resource
    if class == "low" then
      low[#low + 1] = i
    elseif class == "high" then
      high[#high + 1] = i
    end
  end
  if self.collapsed or #low == 0 or #high == 0 then
    return { refused = self.collapsed and self.refused or "the texts do not name low- and high-resource languages" }
  end
  local rich = delta_byte:index(2, high):mean(2)
  local refused = why_not(effect(rich), "the high-resource languages did not measurably degrade")
  if refused then
    return { refused = refused }
  end
  return effect(delta_byte:index(2, low):mean(2) / rich)
end

-- Rows by language; the rise per byte and the increase of the perplexity [%], in the data and its resamples.
local function rises(texts, rise, tokens, sums, effect)
  local columns, info, ones, rows = texts:table(), texts:info(), {}, {}
  for i = 1, texts:count() do
    ones[i] = 1
  end
  local delta = { byte = rise / sums(columns.bytes), token = rise / tokens,
    character = rise / sums(columns.characters), sentence = rise / sums(ones) }
  local increase = ((rise / tokens):exp() - 1) * 100
  local function percent(nats)
    return 100 * (math.exp(nats) - 1)
  end
  for i, code in ipairs(texts:languages()) do
    rows[i] = { language = code, script = info[code].script, resource = info[code].resource }
    for unit, values in pairs(delta) do
      rows[i]["delta_" .. unit] = effect(values:select(2, i))
    end
    local nats = rows[i].delta_token
    rows[i].ppl_increase = { estimate = percent(nats.estimate), low = percent(nats.low), high = percent(nats.high),
      level = nats.level, n = nats.n }
  end
  return rows, delta.byte, increase
end

-- Resampling adds noise to every language, which drives the worst and the best apart; a gap is never below 0.
local function add_gap(self, per_byte)
  local gaps, errors = gap.of(per_byte:t():reshape({ per_byte:size(2), 1, -1 }))
  self.draws.gap = gaps:select(1, 1)
  self.draws.gap_errors = { most = errors.most:select(1, 1), least = errors.least:select(1, 1) }
  self.gap = stats.from_draws(self.draws.gap,
    { n = self.draws.n, level = self.level, extreme = true, errors = self.draws.gap_errors, least = 0 })
end

-- The ratio to the reference, language number r, and its draws; refused where it would mislead.
local function add_ratio(self, increase, r)
  self.ratio = { refused = self.refused }
  if not self.refused then
    local others = increase:index(2, columns_except(#self.rows, r)) / increase:select(2, r):reshape({ -1, 1 })
    self.draws.ratio = others:mean(2)
    self.ratio_draws = self.draws.ratio:totable() -- the data, then its resamples: the same for every pair of losses
    self.ratio = stats.from_draws(self.ratio_draws, { n = self.draws.n, level = self.level })
  end
end

--- Returns the disparity between two losses on the same texts.
---
--- Fields: `rows` per language (delta_byte, delta_token, delta_character, delta_sentence: rise of the NLL [nats] with
--- intervals; ppl_increase [%]; script and resource, where they are known), `gap` = worst minus best delta_byte (never
--- negative, and noise alone makes one: compare gaps by `disparity.difference`, do not test one against 0; its interval
--- reaches down to what noise could make it), `ratio` = mean over the other languages of ppl_increase over
--- that of the reference, `low_over_high`, `mean_delta`. A ratio that would mislead is an effect { refused = why }: of
--- a collapsed model, or over languages that did not measurably degrade; `refused` is why `ratio` was.
---@param base Loss
---@param changed Loss
---@param vocab integer  size of the vocabulary, for the collapse guard
---@param opts? residua.disparity.Opts
---@return Disparity
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 6 })
---local d = disparity.of(m:loss(texts), m:quantized(quant.sane()):loss(texts), m:architecture().vocab)
---assert(#d.rows == 16 and d.gap.estimate > 0)
function M.of(base, changed, vocab, opts)
  options.argument("disparity.of", "base", base, "Loss")
  options.argument("disparity.of", "changed", changed, "Loss")
  local texts = base.texts
  opts = opts_of("disparity.of", opts, texts)
  if changed.texts:digest() ~= texts:digest() then
    error("disparity.of: the losses are of different texts; measure both models on one corpus", 2)
  elseif type(vocab) ~= "number" then
    error("disparity.of: give the size of the vocabulary, model:architecture().vocab", 2)
  end
  local codes = texts:languages()
  local r = index_of(codes, opts.reference)
  local sentences = matrix(texts, base.nll):size(2)
  local sums = resampled_sums(texts, stats.draws(sentences, opts.resamples, opts.seed))

  local function effect(values)
    return stats.from_draws(values, { n = sentences, level = opts.level })
  end
  local tokens, after = sums(base.tokens), sums(changed.nll)
  local rows, per_byte, increase = rises(texts, after - sums(base.nll), tokens, sums, effect)
  local self = setmetatable({ rows = rows, reference = opts.reference, level = opts.level }, Disparity)
  self.draws = { mean_delta = per_byte:mean(2), n = sentences,
    of = ("%s %d %d"):format(texts:digest(), opts.seed, opts.resamples) }
  self.mean_delta = effect(self.draws.mean_delta)
  add_gap(self, per_byte)
  self.refused = refusal(self, (after / tokens):select(1, 1):totable(), vocab, self.rows[r].delta_token)
  if #codes == 1 and not self.collapsed then
    self.refused = "the texts have one language"
  end
  add_ratio(self, increase, r)
  self.low_over_high = low_over_high(self, per_byte, texts:info(), codes, effect)
  return self
end

--- Returns the row of a language.
---@param language string
---@return table? row  nil where the texts lack the language
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 3 })
---assert(disparity.compare(m, m:quantized(quant.sane()), texts):row("heb").script == "Hebrew")
function Disparity:row(language)
  return labels.row(self.rows, language)
end

--- Returns the rise of each language's loss, in the order of `rows`.
---@return number[]  [nats/byte]
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 3 })
---assert(#disparity.compare(m, m:quantized(quant.sane()), texts):rises() == 16)
function Disparity:rises()
  local list = {}
  for i, row in ipairs(self.rows) do
    list[i] = row.delta_byte.estimate
  end
  return list
end

function Disparity:__tostring()
  local table_text = tostring(table_of(self.rows,
    { columns = { "language", "delta_byte", "delta_token", "delta_sentence", "ppl_increase" },
      caption = ("Rise of the loss [nats per byte, token, sentence; PPL %%], %g %% intervals over sentences"):format(
        100 * self.level) }))
  local summary = table_of({
    { measure = "mean rise (nats/byte)", value = self.mean_delta },
    { measure = "gap (worst - best, nats/byte)", value = self.gap },
    { measure = "ratio to " .. self.reference, value = self.ratio },
    { measure = "low / high resource", value = self.low_over_high },
  }, { columns = { "measure", "value" } })
  return table_text .. "\n\n" .. tostring(summary)
end

return M
