-- Models whose layers serve languages as planted: what a language gets from L0 INT4 rounds away, what it gets from the
-- others, which may have outlier weights, it keeps. No layer attends; each adds what is in a language's own channels.
local corpus = require("residua.corpus")
local model = require("residua.model")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")

local M = {}

local LANGUAGES <const>, BLOCK <const>, LAYERS <const> = 8, 4, 6
local WIDTH <const> = LANGUAGES * BLOCK + 8 -- channels of each language, and some that carry noise alone

-- Of the three letters of a language; their sums are 0, or the norm would carry them into all channels.
local PATTERNS <const> = { { 1, 1, -1, -1 }, { 1, -1, 1, -1 }, { 1, -1, -1, 1 } }

--- Returns texts, written in a folder: language k repeats letters of its own; its script is Latin where k is even.
function M.texts(folder)
  local rows = { "code\tname\tscript\tfamily\tmorphology\tresource" }
  for k = 1, LANGUAGES do
    local code, lines = ("l%02d"):format(k), {}
    for i = 1, 8 do
      lines[i] = string.char(64 + 3 * k + i % 3):rep(9 + 3 * i % 7)
    end
    folder:write("texts/" .. code .. ".txt", table.concat(lines, "\n") .. "\n")
    rows[#rows + 1] = ("%s\t%s\t%s\tnone\tnone\tlow"):format(code, code, k % 2 == 0 and "Latin" or "Greek")
  end
  folder:write("texts/LANGUAGES.tsv", table.concat(rows, "\n") .. "\n")
  return corpus.load(folder.path .. "/texts")
end

-- One value per channel: values[k] in those of language k, 0 in the others.
local function channels(values)
  local list = {}
  for i = 1, WIDTH do
    list[i] = values[(i - 1) // BLOCK + 1] or 0
  end
  return tensor.from_table(list):reshape({ 1, -1 })
end

--- Returns a byte model: letters of language k lie in its channels. Layer l adds gains[l][k] times the normalised
--- channels of language k; in L0 a dead hidden unit has weights beside which INT4 rounds the others to nothing.
--- spikes[l] weights of the layer's attention, where nothing passes, are `height` (3 by default) and the others 0: the
--- fewer, the higher its kurtosis. Without a tokenizer tokens are bytes.
function M.model(gains, spikes, height, tok)
  tok = tok or tokenizer.parse(tokenizer.train({ "Aa" }, { vocab = 257 }))
  local m = model.new { seed = 1, tokenizer = tok, config = { model_type = "gpt2", n_layer = LAYERS, n_embd = WIDTH,
    n_head = 2, n_inner = 2 * WIDTH + 1, vocab_size = tok:vocab_size(), n_positions = 32 } }
  local rows, noise = {}, tensor.randn(6, { 32, 4 }) * 8
  for i = 1, tok:vocab_size() do
    local token = tok:token(i - 1)
    local letter = token:byte() or 0
    local k = (letter - 64) // 3
    rows[i] = tensor.zeros(1, WIDTH)
    if k >= 1 and k <= LANGUAGES and token == string.char(letter):rep(#token) then
      rows[i] = tensor.cat({ tensor.zeros(1, (k - 1) * BLOCK), tensor.from_table({ PATTERNS[letter % 3 + 1] }) * 1.25,
        tensor.zeros(1, WIDTH - k * BLOCK) }, 2)
    end
  end
  m = m:with_param("embed.tokens", tensor.cat(rows, 1))
    :with_param("embed.positions", tensor.cat({ tensor.zeros(32, WIDTH - 8), noise, noise * -1 }, 2))
  for _, param in ipairs(m:params()) do
    if param.name:find("attn") then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  local eye = tensor.eye(WIDTH)
  for l, gain in ipairs(gains) do
    local keep, dead = eye * channels(gain), tensor.full(l == 1 and 80 or 0, WIDTH, 1)
    m = m:with_param(("L%d.mlp.up"):format(l - 1), tensor.cat({ eye, eye * -1, tensor.zeros(1, WIDTH) }, 1))
      :with_param(("L%d.mlp.down"):format(l - 1), tensor.cat({ keep, keep * -1, dead }, 2))
    local spike = tensor.zeros(WIDTH, WIDTH):totable()
    for i = 1, spikes[l] do
      spike[i][i] = height or 3
    end
    m = m:with_param(("L%d.attn.out"):format(l - 1), tensor.from_table(spike))
  end
  return m
end

--- Returns the gains of a layer by language: `base`, and `slope` times how far language k is from the middle.
function M.gains(base, slope)
  local list = {}
  for k = 1, LANGUAGES do
    list[k] = base + slope * (2 * k - 1 - LANGUAGES) / (LANGUAGES - 1)
  end
  return list
end

--- Returns gains: L0 gives to a language what the layer with the outlier weight does not.
function M.shared(slope)
  local gains = { M.gains(2, -slope) }
  for l = 2, LAYERS do
    gains[l] = M.gains(0.1, 0)
  end
  gains[3] = M.gains(2, slope)
  return gains
end

--- Returns gains at random whose sum is the same for every language, as is what L0 gives.
function M.random(seed)
  local drawn, gains = tensor.rand(seed, { LAYERS - 1, LANGUAGES }) + 0.2, { M.gains(1, 0) }
  for l, row in ipairs((drawn / drawn:sum(1, true) * 3):totable()) do
    gains[l + 1] = row
  end
  return gains
end

M.LANGUAGES, M.LAYERS = LANGUAGES, LAYERS

return M
