-- A model whose layers are known: each adds `gain` times the normalised channels that carry the token, so that it comes
-- out of a stream of position noise, and a text that repeats one token is well predicted. No layer attends. The three
-- languages have characters and channels of their own.
local corpus = require("residua.corpus")
local model = require("residua.model")
local support = require("tests.lua.support")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")

local M = {}

local WIDTH <const>, BLOCK <const>, HIDDEN <const> = 32, 6, 65 -- two hidden units per channel, and one that is dead

M.CODES = { "aaa", "bbb", "ccc" }
local LETTERS <const> = { "QXZJ", "7930", "#$%&" } -- that no merge joins

--- Returns so many sentences in each language: one character many times.
function M.texts(count)
  local by_language = {}
  for k, code in ipairs(M.CODES) do
    by_language[code] = {}
    for i = 1, count do
      by_language[code][i] = LETTERS[k]:sub(1 + i % 4, 1 + i % 4):rep(8 + 3 * i % 7)
    end
  end
  return corpus.of(by_language, "repeats")
end

--- Returns the same from a folder that says of each language: Latin, low-resource.
function M.texts_in(folder, count)
  local texts, rows = M.texts(count), { "code\tname\tscript\tfamily\tmorphology\tresource" }
  for k, code in ipairs(M.CODES) do
    local lines = {}
    for i = 1, count do
      lines[i] = texts:text(count * (k - 1) + i)
    end
    folder:write("texts/" .. code .. ".txt", table.concat(lines, "\n") .. "\n")
    rows[#rows + 1] = code .. "\tname\tLatin\tnone\tnone\tlow"
  end
  folder:write("texts/LANGUAGES.tsv", table.concat(rows, "\n") .. "\n")
  return corpus.load(folder.path .. "/texts")
end

-- One value per channel: block k for language k, then `rest`.
local function channels(values, rest)
  local list = {}
  for i = 1, WIDTH do
    list[i] = values[(i - 1) // BLOCK + 1] or rest
  end
  return tensor.from_table(list):reshape({ 1, -1 })
end

-- [vocab, width]: the letters of language k in its own channels, all other tokens nowhere.
local function embedding(tok, seed)
  local rows, random = {}, tensor.randn(seed, { tok:vocab_size(), WIDTH }):totable()
  for i = 1, tok:vocab_size() do
    rows[i] = tensor.zeros(1, WIDTH)
  end
  for k, letters in ipairs(LETTERS) do
    local only = {}
    for block = 1, 3 do
      only[block] = block == k and 1 or 0
    end
    for letter in letters:gmatch(".") do
      local ids = tok:encode(letter) -- after what begins every text
      local place = ids[#ids] + 1
      rows[place] = tensor.from_table({ random[place] }) * channels(only, 0)
    end
  end
  return tensor.cat(rows, 1)
end

--- Returns the model. `gains[l][k]` is what layer l - 1 adds for language k; `outliers[l]` is the weight of a dead
--- hidden unit beside those of size 1 that matter: 15 and more, and INT4 rounds the layer's MLP to nothing.
function M.model(gains, outliers, seed)
  local tok = tokenizer.parse(support.tokenizer_json())
  local m = model.new { seed = seed, tokenizer = tok, config = { model_type = "gpt2", n_layer = #gains, n_embd = WIDTH,
    n_head = 2, n_inner = HIDDEN, vocab_size = tok:vocab_size(), n_positions = 64 } }
  local noise = tensor.randn(seed + 50, { 64, WIDTH }) * channels({ 0, 0, 0 }, 1)
  m = m:with_param("embed.tokens", embedding(tok, seed)):with_param("embed.positions", noise * 2)
  for _, param in ipairs(m:params()) do
    if param.name:find("attn") then
      m = m:with_param(param.name, tensor.zeros(param.shape))
    end
  end
  local eye = tensor.eye(WIDTH)
  local up = tensor.cat({ eye, eye * -1, tensor.zeros(1, WIDTH) }, 1)
  for l, gain in ipairs(gains) do
    local most = math.max(table.unpack(gain))
    local keep = eye * channels(gain, 0)
    local dead = tensor.full(most * outliers[l], WIDTH, 1)
    m = m:with_param(("L%d.mlp.up"):format(l - 1), up)
      :with_param(("L%d.mlp.down"):format(l - 1), tensor.cat({ keep, keep * -1, dead }, 2))
  end
  return m
end

--- Returns a random model of so many layers, loud enough for INT4 to be heard: nothing is planted in it.
function M.noise(layers, seed)
  local m = support.model(seed, layers)
  for i, param in ipairs(m:params()) do
    if #param.shape == 2 then
      m = m:with_param(param.name, tensor.randn(1000 * seed + i, param.shape) * 0.2)
    end
  end
  return m
end

return M
