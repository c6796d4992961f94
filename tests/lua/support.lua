-- What several suites need: temporary folders, a tiny model with a tokenizer, small texts, the program itself.
local corpus = require("residua.corpus")
local model = require("residua.model")
local system = require("residua.system")
local t = require("residua.testing")
local tensor = require("residua.tensor")
local terminal = require("residua.terminal")
local tokenizer = require("residua.tokenizer")

local M = {}

local Folder = {}
Folder.__index = Folder

-- A new folder in the system's temporary one; `<close>` removes it with everything in it.
function M.folder()
  local path = os.tmpname()
  os.remove(path)
  system.make_folder(path)
  return setmetatable({ path = path }, Folder)
end

-- Writes a file, and the folders above it; returns its path.
function Folder:write(name, content)
  local path = self.path .. "/" .. name
  system.make_folder(path:match("^(.*)/"))
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(content))
  return path
end

function Folder:__close()
  os.execute(("rm -rf '%s'"):format(self.path))
end

function M.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

function M.home()
  return terminal.home()
end

-- Paths of the files below a folder of the repository whose names end in one of the extensions.
function M.sources(folder, extensions)
  local found = {}
  local listing <close> = assert(io.popen(("find '%s/%s' -type f | sort"):format(M.home(), folder)))
  for path in listing:lines() do
    if extensions[path:match("%.(%w+)$")] then
      found[#found + 1] = path
    end
  end
  return found
end

local SAMPLE <const> = {
  eng = { "The cat sleeps.", "Rain fell all night.", "She reads a book.", "We go home now." },
  deu = { "Die Katze schläft.", "Es regnete die ganze Nacht.", "Sie liest ein Buch.", "Wir gehen nun heim." },
  swa = { "Paka analala.", "Mvua ilinyesha usiku kucha.", "Anasoma kitabu.", "Tunakwenda nyumbani." },
}

-- Four sentences in three languages; in the corpus's order deu, eng, swa.
function M.texts()
  return corpus.of(SAMPLE, "sample")
end

local tokenizer_json

function M.tokenizer_json()
  if not tokenizer_json then
    local lines = {}
    for _, code in ipairs({ "deu", "eng", "swa" }) do
      table.move(SAMPLE[code], 1, #SAMPLE[code], #lines + 1, lines)
    end
    tokenizer_json = tokenizer.train(lines, { vocab = 300 })
  end
  return tokenizer_json
end

-- A random GPT-2 of 4 layers, width 16, that can read any text of up to 1024 bytes.
function M.model(seed, layers)
  local tok = tokenizer.parse(M.tokenizer_json())
  return model.new { seed = seed or 1, tokenizer = tok, config = { model_type = "gpt2", n_layer = layers or 4,
    n_embd = 16, n_head = 2, vocab_size = tok:vocab_size(), n_positions = 1024 } }
end

-- The same with matrices of standard deviation 0.2, whatever random models start from, so that quantizing them shows.
function M.loud_model(seed, layers)
  local m = M.model(seed, layers)
  for i, param in ipairs(m:params()) do
    if #param.shape == 2 then
      m = m:with_param(param.name, tensor.randn(100 * ((seed or 1) - 1) + i, param.shape) * 0.2)
    end
  end
  return m
end

function M.has_mini()
  return system.exists(M.home() .. "/stdlib/assets/mini")
end

-- The bundled model; without it the test that asks is skipped.
function M.mini()
  if not M.has_mini() then
    t.skip("stdlib/assets/mini is not there")
  end
  return model.load("mini")
end

-- This program's file, asked of the kernel: the parent of the shell that io.popen starts.
function M.program()
  local pipe <close> = assert(io.popen("readlink /proc/$PPID/exe"))
  return (pipe:read("l"):gsub(" %(deleted%)$", "")) -- built anew meanwhile
end

-- Runs the program; returns its standard output, standard error and exit status. It has no store but the one named.
function M.run(arguments, store)
  local folder <close> = M.folder()
  local command = ("RESIDUA_STORE='%s' '%s' %s > '%s/out' 2> '%s/err' < /dev/null"):format(store or "off",
    M.program(), arguments, folder.path, folder.path)
  local _, kind, status = os.execute(command)
  return M.read(folder.path .. "/out"), M.read(folder.path .. "/err"), kind == "exit" and status or 128 + status
end

return M
