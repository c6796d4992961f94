-- Texts in which low-resource languages are written in other letters than the rest, and random models whose embeddings
-- of these letters are what a test plants: the groups differ in nothing else.
local context = require("residua.context")
local corpus = require("residua.corpus")
local library = require("residua.library")
local model = require("residua.model")
local range = require("residua.range")
local support = require("tests.lua.support")
local tensor = require("residua.tensor")
local tokenizer = require("residua.tokenizer")
local verdict = require("residua.verdict")

local M = {}

M.LOW = { "amh", "hau", "swa", "yor" }
M.HIGH = { "deu", "eng", "fra", "nld", "por", "spa" }

--- Writes texts of random letters, a to z in low-resource languages, A to Z in the others, and loads them. Those of the
--- former have `low_length` of them.
function M.texts_in(folder, seed, sentences, length, low_length)
  local state = 7 * seed
  local function random_text(first, count)
    local letters = {}
    for i = 1, count do
      state = (state * 48271) % 2147483647
      letters[i] = string.char(first + state % 26)
    end
    return table.concat(letters)
  end
  local rows = { "code\tname\tscript\tfamily\tmorphology\tresource" }
  local function write(codes, first, resource, letters)
    for _, code in ipairs(codes) do
      local lines = {}
      for i = 1, sentences do
        lines[i] = random_text(first, letters)
      end
      folder:write("texts/" .. code .. ".txt", table.concat(lines, "\n") .. "\n")
      rows[#rows + 1] = ("%s\t%s\tLatin\tnone\tnone\t%s"):format(code, code, resource)
    end
  end
  write(M.LOW, 97, "low", low_length or length)
  write(M.HIGH, 65, "high", length)
  folder:write("texts/LANGUAGES.tsv", table.concat(rows, "\n") .. "\n")
  return corpus.load(folder.path .. "/texts")
end

--- Returns a random model over bytes with embeddings of standard deviation 1. The letter a has what `change` makes of
--- the row of A, and so on.
function M.model_with(change, seed, layers)
  local tok = tokenizer.parse(tokenizer.train({ "Aa" }, { vocab = 257 }))
  local function row_of(byte)
    local ids = tok:encode(string.char(byte))
    return ids[#ids] + 1
  end
  local rows, mask = range(1, tok:vocab_size()), {}
  for row in ipairs(rows) do
    mask[row] = { 0 }
  end
  for byte = 97, 122 do
    rows[row_of(byte)], mask[row_of(byte)] = row_of(byte - 32), { 1 }
  end
  local m = model.new { seed = seed, tokenizer = tok, config = { model_type = "gpt2", n_layer = layers or 1,
    n_embd = 32, n_head = 2, vocab_size = #rows, n_positions = 128 } }
  local normal, lower = tensor.randn(seed, #rows, 32):index(1, rows), tensor.from_table(mask)
  return m:with_param("embed.tokens", normal * (lower * -1 + 1) + change(normal) * lower)
end

--- Returns a standard normal value's cube, of unit variance.
function M.cubed(normal)
  return normal ^ 3 / math.sqrt(15)
end

function M.unchanged(normal)
  return normal
end

--- Returns the verdicts of an experiment by name, and its context.
function M.judged(id, m, texts, params)
  local declared, p, by_name = library.load(id), {}, {}
  for _, set in ipairs { declared.params, params or {} } do
    for key, value in pairs(set) do
      p[key] = value
    end
  end
  local x = context.new { experiment = declared, model = m, texts = texts, seed = 1, write = function() end }
  declared.run(p, x)
  for _, one in ipairs(verdict.of(declared.predicts, x.effects)) do
    by_name[one.name] = one
  end
  return by_name, x
end

--- Runs an experiment on random letters read by a model with such embeddings.
function M.run(id, change, seed, params, opts)
  local folder <close> = support.folder()
  opts = opts or {}
  local texts = M.texts_in(folder, seed, opts.sentences or 4, opts.length or 60, opts.low_length)
  return M.judged(id, M.model_with(change, seed, opts.layers), texts, params)
end

return M
