-- Losses of one model on a corpus: sums over any axis, with intervals over sentences.

local options = require("residua.options")
local spelling = require("residua.spelling")
local stats = require("residua.stats")
local table_of = require("residua.table")
local tensor = require("residua.tensor")

local M = {}

--- What `model:loss(texts)` measured: the negative log-likelihood (NLL) of every text.
---@class Loss
---@field texts Corpus
---@field nll number[]  per text, summed over predicted tokens [nats]
---@field tokens integer[]  per text, predicted tokens
---@field precision string  of the products, "float32" as a rule
local Loss = {}
Loss.__index = Loss
Loss.__name = "Loss"

--- Makes a loss from what the engine measured.
---@param texts Corpus
---@param nll number[]  per text, summed over predicted tokens [nats]
---@param tokens integer[]  per text, predicted tokens
---@param precision? string  of the products, "float32" by default
---@return Loss
function M.of(texts, nll, tokens, precision)
  return setmetatable({ texts = texts, nll = nll, tokens = tokens, precision = precision or "float32" }, Loss)
end

local function sum(list)
  local total = 0
  for _, value in ipairs(list) do
    total = total + value
  end
  return total
end

local function require_language(where, self, language)
  if language ~= nil then
    options.one_of(where, "language", language, self.texts:languages(), 4)
  end
end

-- The sum of a list over the texts of a language, or over all.
local function total(self, list, language)
  if language == nil then
    return sum(list)
  end
  local codes, own = self.texts:table().language, {}
  for i, value in ipairs(list) do
    own[#own + 1] = codes[i] == language and value or nil
  end
  return sum(own)
end

local function mean(self, language)
  return total(self, self.nll, language) / total(self, self.tokens, language)
end

--- Returns the NLL of all texts together, or of those of one language [nats].
---@param language? string  such as "swa"; over all texts by default
---@return number
function Loss:total(language)
  require_language("Loss:total", self, language)
  return total(self, self.nll, language)
end

--- Returns the mean NLL per predicted token [nats]; the first token of a text is not predicted.
---@param language? string  such as "swa"; over all texts by default
---@return number
---@example
---local texts = corpus.of { eng = { "One." }, deu = { "Zwei Wörter." } }
---local l = model.load("mini"):loss(texts)
---assert(math.abs(l:total("eng") + l:total("deu") - l:total()) < 1e-9 and l:mean("eng") ~= l:mean())
function Loss:mean(language)
  require_language("Loss:mean", self, language)
  return mean(self, language)
end

--- Returns exp of the mean token NLL.
---@param language? string  such as "swa"; over all texts by default
---@return number
function Loss:perplexity(language)
  require_language("Loss:perplexity", self, language)
  return math.exp(mean(self, language))
end

local AXES = { "language", "script", "family", "morphology", "resource", "sentence" }

-- The label of each text on an axis.
local function labels(texts, axis)
  local known = {}
  for _, name in ipairs(AXES) do
    known[name] = true
  end
  if not known[axis] then
    local shown = options.shown(axis)
    error(("Loss:by: no axis '%s'%s; axes are %s"):format(shown, spelling.did_you_mean(shown, AXES),
      table.concat(AXES, ", ")), 4)
  end
  local columns = texts:table()
  if columns[axis] then
    return columns[axis]
  end
  local info, list = texts:info(), {}
  for i, code in ipairs(columns.language) do
    list[i] = info[code][axis] or "unknown"
  end
  return list
end

local function groups(texts, axis)
  local list, index = {}, {}
  for i, label in ipairs(labels(texts, axis)) do
    if not index[label] then
      index[label] = { label = label, members = {} }
      list[#list + 1] = index[label]
    end
    table.insert(index[label].members, i)
  end
  return list
end

local function pick(list, members)
  local picked = {}
  for i, member in ipairs(members) do
    picked[i] = list[member]
  end
  return picked
end

local function exp_of(effect)
  return { estimate = math.exp(effect.estimate), low = math.exp(effect.low), high = math.exp(effect.high),
    n = effect.n, level = effect.level }
end

--- Returns the loss by language, script, family, morphology, resource class or sentence: nats per byte, nats per token
--- and perplexity, each with a 95 % interval over texts (none under 3 texts).
---@param axis? string  "language" by default
---@return Table
---@example
---local rows = model.load("mini"):loss(corpus.load("parallel16", { sentences = 4 })):by "language"
---assert(rows[1].language == "ara" and rows[1].per_byte.low <= rows[1].per_byte.estimate)
---print(rows[1].perplexity.estimate)
function Loss:by(axis)
  axis = axis or "language"
  local columns, rows = self.texts:table(), {}
  for i, group in ipairs(groups(self.texts, axis)) do
    local nll, tokens = pick(self.nll, group.members), pick(self.tokens, group.members)
    local per_byte = stats.ratio(nll, pick(columns.bytes, group.members))
    local per_token = stats.ratio(nll, tokens)
    rows[i] = { [axis] = group.label, texts = #group.members, per_byte = per_byte, per_token = per_token,
      perplexity = exp_of(per_token) }
  end
  return table_of(rows, { columns = { axis, "texts", "per_byte", "per_token", "perplexity" },
    caption = "Loss [nats] with 95 % intervals over texts"
      .. (self.precision == "float32" and "" or ", products in " .. self.precision) })
end

--- Returns the loss of each language as numbers to calculate with; `loss:by` has intervals.
---@return Tensor  [languages] float64, nats per byte, in the order of texts:languages()
---@example
---local texts = corpus.load("parallel16", { sentences = 2 })
---local loss = model.load("mini"):loss(texts)
---assert(math.abs(loss:per_byte():at(1) - loss:by("language")[1].per_byte.estimate) < 1e-9)
function Loss:per_byte()
  local nll, bytes, values = {}, {}, {}
  local columns = self.texts:table()
  for i, code in ipairs(columns.language) do
    nll[code] = (nll[code] or 0) + self.nll[i]
    bytes[code] = (bytes[code] or 0) + columns.bytes[i]
  end
  for k, code in ipairs(self.texts:languages()) do
    values[k] = nll[code] / bytes[code]
  end
  return tensor.from_table(values, "float64")
end

function Loss:__tostring()
  return tostring(self:by("language"))
end

return M
