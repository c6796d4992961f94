-- A model that adds nothing but rounding noise: in each layer rows of mlp.down sum up to 0 over equal hidden units, and
-- do not once they are rounded. It predicts each letter of a language alike, whatever came before, so that noise in the
-- logits costs half its variance: the loss is quadratic in it. `sigmas` says how loud the noise is, by language.
local corpus = require("residua.corpus")
local model = require("residua.model")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")

local M = {}

local HIDDEN <const>, FLAG <const>, LETTER <const> = 64, 6, 0.4 -- what embeddings hold

--- Returns so many sentences of each language, in which its letters come alike often.
---@param letters table<string, string>  by language
---@param codes string[]
---@param count integer
function M.sentences(letters, codes, count)
  local by_language = {}
  for _, code in ipairs(codes) do
    by_language[code] = {}
    for i = 1, count do
      local turned = letters[code]:sub(1 + i % #letters[code]) .. letters[code]:sub(1, i % #letters[code])
      by_language[code][i] = turned:rep(160 // #turned) .. turned:sub(1, 1) -- the first letter is not predicted
    end
  end
  return by_language
end

--- Returns the corpus of these sentences.
function M.texts(letters, codes, count)
  return corpus.of(M.sentences(letters, codes, count), "letters")
end

-- Channels: one per letter, then for each language a flag and its opposite, so that the mean is near 0.
local function embeddings(tok, letters, codes)
  local rows, width, channel = {}, 2 * #codes, 0
  for _, code in ipairs(codes) do
    width = width + #letters[code]
  end
  width = width + width % 2 -- two heads
  for i = 1, tok:vocab_size() do
    rows[i] = tensor.zeros(width):totable()
  end
  for l, code in ipairs(codes) do
    for letter in letters[code]:gmatch(".") do
      local ids = tok:encode(letter) -- after what begins every text
      channel = channel + 1
      local row = rows[ids[#ids] + 1]
      row[channel], row[width - l + 1], row[width - #codes - l + 1] = LETTER, FLAG, -FLAG
    end
  end
  return tensor.from_table(rows), width
end

--- Returns the model. `sigmas[l]` is the standard deviation of the weights that make the noise of language l.
function M.model(letters, codes, sigmas, layers, seed)
  local tok = tokenizer.parse(tokenizer.train({ "Aa" }, { vocab = 257 }))
  local tokens, width = embeddings(tok, letters, codes)
  local m = model.new { seed = seed, tokenizer = tok, config = { model_type = "gpt2", n_layer = layers, n_embd = width,
    n_head = 2, n_inner = HIDDEN, vocab_size = tok:vocab_size(), n_positions = 192 } }
  for _, param in ipairs(m:params()) do
    if #param.shape == 2 then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  m = m:with_param("embed.tokens", tokens)
  local loud, reads = {}, {}
  for channel = 1, width do
    reads[channel], loud[channel] = channel > width - #codes and 0.01 or 0, { 0 }
  end
  local channel = 0
  for l, code in ipairs(codes) do
    for _ = 1, #letters[code] do
      channel = channel + 1
      loud[channel] = { sigmas[l] }
    end
  end
  for layer = 0, layers - 1 do
    local noise = tensor.randn(seed * 100 + layer, { width, HIDDEN })
    noise = (noise - noise:mean(2):reshape({ -1, 1 })) * tensor.from_table(loud)
    m = m:with_param(("L%d.mlp.up"):format(layer), tensor.ones(HIDDEN, 1):matmul(tensor.from_table({ reads })))
      :with_param(("L%d.mlp.down"):format(layer), noise)
  end
  return m
end

return M
