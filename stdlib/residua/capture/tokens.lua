-- Activations of tokens as the rows of one matrix per language: what statistics over tokens take.

local options = require("residua.options")
local range = require("residua.range")
local sweep = require("residua.sweep")
local tensor = require("residua.tensor")

local M = {}

-- How many tokens each text has; with `aligned` how many its sentence has in the language where it has fewest.
local function lengths_of(model, texts, aligned)
  local lengths, sentences, fewest = sweep.tokens(model, texts):lengths(), texts:table().sentence, {}
  if not aligned then
    return lengths
  end
  for i, length in ipairs(lengths) do
    fewest[sentences[i]] = math.min(fewest[sentences[i]] or length, length)
  end
  for i, sentence in ipairs(sentences) do
    lengths[i] = fewest[sentence]
  end
  return lengths
end

-- Channels less their mean, over their standard deviation; 0 where all values are equal but for the mean's rounding.
local function standardized(rows)
  local mean, std = rows:mean(1, true), rows:std(1, true)
  local varies = std:gt(mean:abs() * 1e-6):to(rows:dtype())
  return (rows - mean) * varies / (std + 1e-12)
end

-- [tokens, channels] of one language at one site; nil where no token is left.
local function rows_of(values, lengths, opts)
  local parts = {}
  for i, value in ipairs(values) do
    local positions = range(opts.skip + 1, lengths[i], opts.every)
    parts[#parts + 1] = #positions > 0 and value:index(1, positions) or nil
  end
  local rows = #parts > 0 and tensor.cat(parts, 1) or nil
  return rows and opts.standardize and standardized(rows) or rows
end

---@class residua.capture.TokenOpts
---@field skip? integer  first tokens of each text to leave out, as attention rests on them; 0 by default
---@field every? integer  take one of so many tokens, as neighbours are not independent; 1 by default
---@field aligned? boolean  only positions that the sentence has in all languages, so that all have as many tokens
---@field standardize? boolean  each channel less its mean, over its standard deviation, within the language

--- Captures activations as one matrix per language, of all its texts or of chosen tokens.
---@param model Model
---@param texts Corpus
---@param sites string|string[]  globs
---@param opts? residua.capture.TokenOpts
---@return table<string, table<string, Tensor>> seen  by site and language: [tokens, channels]; nil for no tokens
---@return integer fewest  tokens of the language that has fewest
---@example
---local m, texts = model.load("mini"), corpus.load("parallel16", { sentences = 2 })
---local seen, fewest = capture.tokens(m, texts, "L0.resid.post", { skip = 4, every = 2, aligned = true })
---assert(seen["L0.resid.post"].heb:size(1) == fewest and seen["L0.resid.post"].eng:size(1) == fewest)
function M.tokens(model, texts, sites, opts)
  opts = options.check("capture.tokens", opts, { skip = { "integer", 0 }, every = { "integer", 1 },
    aligned = { "boolean", false }, standardize = { "boolean", false } })
  local lengths, languages = lengths_of(model, texts, opts.aligned), texts:table().language
  local by_site, fewest = {}, math.huge
  for _, code in ipairs(texts:languages()) do -- one after the other: whole texts take more memory than chosen tokens
    local own, count = {}, 0
    for i, language in ipairs(languages) do
      own[#own + 1] = language == code and lengths[i] or nil
    end
    for site, values in pairs(model:capture(texts:select { code }, sites)) do
      by_site[site] = by_site[site] or {}
      by_site[site][code] = rows_of(values, own, opts)
      count = by_site[site][code] and by_site[site][code]:size(1) or 0
    end
    fewest = math.min(fewest, count)
  end
  return by_site, fewest
end

return M
