-- Unigram and bigram models of token sequences: the baselines that a trained model has to beat.

local M = {}

--- Counts of tokens and of pairs of them, smoothed: what `ngram.fit` returns.
---@class Ngram
---@field total integer  tokens counted
---@field vocab integer
local Ngram = {}
Ngram.__index = Ngram

local function count_pairs(sequences)
  local unigrams, followers, total = {}, {}, 0
  for _, ids in ipairs(sequences) do
    for i = 2, #ids do
      local previous, token = ids[i - 1], ids[i]
      unigrams[token] = (unigrams[token] or 0) + 1
      total = total + 1
      local after = followers[previous]
      if not after then
        after = { total = 0, types = 0, counts = {} }
        followers[previous] = after
      end
      if not after.counts[token] then
        after.types = after.types + 1
      end
      after.counts[token] = (after.counts[token] or 0) + 1
      after.total = after.total + 1
    end
  end
  return unigrams, followers, total
end

--- Counts token sequences. The first token of a sequence (BOS) is a context only.
---@param sequences integer[][]
---@param vocab integer
---@return Ngram
---@example
---local ngram = require("residua.ngram").fit({ { 0, 1, 2 }, { 0, 1, 1 } }, 4)
---assert(ngram:bigram(0, 1) > ngram:unigram(1) and math.abs(ngram:unigram(1) - 4 / 8) < 1e-12)
function M.fit(sequences, vocab)
  local unigrams, followers, total = count_pairs(sequences)
  return setmetatable({ unigrams = unigrams, followers = followers, total = total, vocab = vocab }, Ngram)
end

--- Returns the add-one smoothed probability of a token.
---@param token integer
---@return number
function Ngram:unigram(token)
  return ((self.unigrams[token] or 0) + 1) / (self.total + self.vocab)
end

--- Returns the probability of a token after another, smoothed by Witten and Bell 1991: the more types
--- followed a token, the more weight its unigram probability has.
---@param previous integer
---@param token integer
---@return number
function Ngram:bigram(previous, token)
  local after = self.followers[previous]
  if not after then
    return self:unigram(token)
  end
  return ((after.counts[token] or 0) + after.types * self:unigram(token)) / (after.total + after.types)
end

--- Returns the negative log likelihood of sequences under both models [nats].
---@param sequences integer[][]
---@return number unigram
---@return number bigram
function Ngram:nll(sequences)
  local unigram, bigram = 0, 0
  for _, ids in ipairs(sequences) do
    for i = 2, #ids do
      unigram = unigram - math.log(self:unigram(ids[i]))
      bigram = bigram - math.log(self:bigram(ids[i - 1], ids[i]))
    end
  end
  return unigram, bigram
end

return M
