-- What the losses of many quantized models say: dNLL and gap of each, and both in resamples of the sentences that are
-- the same for all models, so that differences between models are paired.

local gap = require("residua.disparity.gap")
local labels = require("residua.labels")
local stats = require("residua.stats")
local tensor = require("residua.tensor")

local CHUNK <const> = 64 -- models whose resampled languages are in memory together

-- Sums of a per-text list over the texts of each group.
local function grouped(values, group, count)
  local sums = {}
  for i = 1, count do
    sums[i] = 0.0
  end
  for i, value in ipairs(values) do
    sums[group[i]] = sums[group[i]] + value
  end
  return sums
end

-- base: the Loss of the unquantized model; opts: seed, resamples, level.
local function new(base, vocab, opts)
  local columns, codes = base.texts:table(), base.texts:languages()
  local sentence, _, sentences = labels.numbered(columns.sentence)
  local _, number_of = labels.numbered(codes)
  local language = {}
  for i, code in ipairs(columns.language) do
    language[i] = number_of[code]
  end
  return { base = base, vocab = vocab, opts = opts, codes = codes, language = language, sentence = sentence,
    sentences = sentences, bytes = columns.bytes }
end

-- Rises of the loss per text [nats].
local function rises(self, loss)
  local list = {}
  for i, nll in ipairs(loss.nll) do
    list[i] = nll - self.base.nll[i]
  end
  return list
end

-- dNLL [nats per predicted token], gap [nats per byte], and whether a language collapsed: ln V - ln 2, as in disparity.
local function summary(self, loss)
  local n = #self.codes
  local rise = grouped(rises(self, loss), self.language, n)
  local nll = grouped(loss.nll, self.language, n)
  local tokens, bytes = grouped(loss.tokens, self.language, n), grouped(self.bytes, self.language, n)
  local worst, best, total, count, collapsed = -math.huge, math.huge, 0, 0, false
  for i = 1, n do
    worst, best = math.max(worst, rise[i] / bytes[i]), math.min(best, rise[i] / bytes[i])
    total, count = total + rise[i], count + tokens[i]
    collapsed = collapsed or nll[i] / tokens[i] > math.log(self.vocab) - math.log(2)
  end
  return { dnll = total / count, gap = worst - best, collapsed = collapsed }
end

-- How often each sentence counts, [1 + resamples, sentences]; row 1 is the data itself.
local function counts_of(self)
  self.drawn = self.drawn or stats.draws(self.sentences, self.opts.resamples, self.opts.seed)
  return self.drawn
end

-- Rise over `below` (per text), of one language (a number) or all (nil): [losses, 1 + resamples].
local function ratios(self, losses, below, language)
  local function by_sentence(values)
    local chosen = {}
    for i, value in ipairs(values) do
      chosen[i] = (not language or self.language[i] == language) and value or 0.0
    end
    return grouped(chosen, self.sentence, self.sentences)
  end
  local rows = {}
  for i, loss in ipairs(losses) do
    rows[i] = by_sentence(rises(self, loss))
  end
  local counts = counts_of(self):t()
  local above = tensor.from_table(rows, "float64"):matmul(counts)
  return above / tensor.from_table({ by_sentence(below) }, "float64"):matmul(counts)
end

local function language_number(self, code)
  for i, other in ipairs(self.codes) do
    if other == code then
      return i
    end
  end
end

-- Weighted sums of gaps, [sums, 1 + resamples], and their errors, see disparity/gap. `weights` [sums, losses].
local function sums_of_gaps(self, losses, weights)
  local sums, most, least = 0, 0, 0
  for first = 1, #losses, CHUNK do
    local chunk, by_language = table.move(losses, first, math.min(first + CHUNK - 1, #losses), 1, {}), {}
    for i = 1, #self.codes do
      by_language[i] = ratios(self, chunk, self.bytes, i)
    end
    local gaps, errors = gap.of(tensor.stack(by_language, 1))
    local own = weights:narrow(2, first, #chunk)
    local plus, minus = own:clamp(0, math.huge), own:clamp(-math.huge, 0)
    sums = own:matmul(gaps) + sums
    most = plus:matmul(errors.most) + minus:matmul(errors.least) + most
    least = plus:matmul(errors.least) + minus:matmul(errors.most) + least
  end
  return sums, { most = most, least = least }
end

-- Weighted sums of a measure of many losses in the data and its resamples, [sums, 1 + resamples], and of gaps their
-- errors. `weights`: a list of the losses' weights per sum; `measure` is "dnll", "gap" or { language = code }: the rise
-- per byte there.
local function sums(self, losses, weights, measure)
  weights = tensor.from_table(weights, "float64")
  if measure == "gap" then
    return sums_of_gaps(self, losses, weights)
  end
  local language = type(measure) == "table" and language_number(self, measure.language) or nil
  return weights:matmul(ratios(self, losses, language and self.bytes or self.base.tokens, language)), nil
end

return { new = new, summary = summary, sums = sums }
