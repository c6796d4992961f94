-- Texts of random letters in languages of known resource, all of Latin script, and a random model that reads bytes:
-- what several suites plant differences between languages in.
local corpus = require("residua.corpus")
local model = require("residua.model")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")

local M = {}

M.LOW = { "est", "fil", "hau", "ind", "swa", "yor" }
M.HIGH = { "deu", "eng", "fra", "nld", "por", "spa" }

--- Returns so many sentences in each language: letters a to z in low-resource ones, A to Z in the others. `length` is
--- the number of letters, or a function of code and group (1 or 2).
function M.texts(count, length, seed)
  local state, by_language = seed or 7, {}
  for g, codes in ipairs { M.LOW, M.HIGH } do
    for _, code in ipairs(codes) do
      by_language[code] = {}
      for i = 1, count do
        local letters = {}
        for k = 1, type(length) == "function" and length(code, g) or length do
          state = (state * 48271) % 2147483647
          letters[k] = string.char((g == 1 and 97 or 65) + state % 26)
        end
        by_language[code][i] = table.concat(letters)
      end
    end
  end
  return corpus.of(by_language, "letters")
end

--- Returns a model of random matrices over bytes, without positions, and the rows of the embedding of the lower-case
--- and the upper-case letters, from 1. Lower-case letters have the embeddings of their upper-case ones.
function M.model(config, seed)
  local tok = tokenizer.parse(tokenizer.train({ "Aa" }, { vocab = 257 }))
  config.model_type, config.vocab_size, config.n_positions = "gpt2", tok:vocab_size(), 128
  local m = model.new { seed = seed, tokenizer = tok, config = config }
  local lower, upper, source = {}, {}, {}
  for row = 1, tok:vocab_size() do
    source[row] = row
  end
  for k = 1, 26 do
    for list, first in pairs { [lower] = 96, [upper] = 64 } do
      local ids = tok:encode(string.char(first + k))
      list[k] = ids[#ids] + 1
    end
    source[lower[k]] = upper[k]
  end
  local embedding = tensor.randn(seed, { tok:vocab_size(), config.n_embd }):index(1, source)
  m = m:with_param("embed.tokens", embedding)
  return m:with_param("embed.positions", tensor.zeros(128, config.n_embd)), lower, upper
end

--- Returns the model with one channel of the embedding of some rows set to a value.
function M.with_channel(m, rows, channel, value)
  local embedding = m:param("embed.tokens"):totable()
  for _, row in ipairs(rows) do
    embedding[row][channel] = value
  end
  return m:with_param("embed.tokens", tensor.from_table(embedding))
end

return M
