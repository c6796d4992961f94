-- Tokenizers: load them, train them, encode with them.

local native = require("residua.native").tokenizer
local options = require("residua.options")

local M = {}

M.load = native.load
M.parse = native.parse
M.tokens = native.tokens

---@class residua.tokenizer.TrainOpts
---@field vocab integer  tokens, special ones and 256 bytes included
---@field special? string[]  the first is put before every text; { "<|endoftext|>" } by default
---@field weights? number[]  how often each text counts

--- Trains a byte-level BPE tokenizer. Returns the text of a `tokenizer.json`; `tokenizer.parse` makes a value of it.
---@param texts string[]
---@param opts residua.tokenizer.TrainOpts
---@return string json
---@example
---local json = tokenizer.train({ "aa ab aa ab", "ab ab" }, { vocab = 260 })
---assert(tokenizer.parse(json):vocab_size() <= 260)
function M.train(texts, opts)
  opts = options.check("tokenizer.train", opts,
    { vocab = { "integer", 4096 }, special = { "table", { "<|endoftext|>" } }, weights = { "table" } })
  return native.train(texts, opts.vocab, opts.special, opts.weights)
end

return M
