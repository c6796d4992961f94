-- Corpora: parallel texts in many languages. Language is an axis of every number.

local assets = require("residua.assets")
local help = require("residua.native").help
local known_languages = require("residua.languages")
local native = require("residua.native").corpus
local options = require("residua.options")
local sorted_keys = require("residua.sorted_keys")
local spelling = require("residua.spelling")
local system = require("residua.system")

local M = {}

local Corpus = native.Corpus

---@class residua.corpus.Opts
---@field languages? string[]  read only these, in this order
---@field sentences? integer  keep this many sentences; all by default
---@field from? integer  first sentence to keep, from 1

-- Columns are asked for often and never change.
local known_columns = setmetatable({}, { __mode = "k" })

local function columns_of(texts)
  local columns = known_columns[texts]
  if not columns then
    local language, sentence, bytes, characters = texts:columns()
    columns = { language = language, sentence = sentence, bytes = bytes, characters = characters }
    known_columns[texts] = columns
  end
  return columns
end

-- Sentences pair by their number: says where languages lack some.
local function note_gaps(texts)
  local counts, most, lacking = {}, 0, {}
  for _, code in ipairs(columns_of(texts).language) do
    counts[code] = (counts[code] or 0) + 1
    most = math.max(most, counts[code])
  end
  for _, code in ipairs(texts:languages()) do
    if counts[code] < most then
      lacking[#lacking + 1] = ("%s (%d of %d)"):format(code, counts[code], most)
    end
  end
  if #lacking > 0 then
    io.stderr:write(("note: %s: sentences are missing in %s; sentences pair by line number, and blank lines count as "
      .. "missing\n"):format(texts:name(), table.concat(lacking, ", ")))
  end
end

-- A stray notes.txt in a folder of <code>.txt reads like a language of its own.
local function note_strangers(texts, folder)
  for _, language in ipairs(texts:language_table()) do
    local code, described = language.code, language.name or language.script or language.family
    local usual = (code .. "_"):find("^%l%l%l?[-_]") -- "eng", "zho-CN", "hin_Latn"
    if not described and not usual and system.exists(("%s/%s.txt"):format(folder, code)) then
      io.stderr:write(("note: %s: %s.txt is read as the texts of a language '%s'; move the file elsewhere if it is "
        .. "something else\n"):format(texts:name(), code, code))
    end
  end
end

--- Loads texts: a bundled name ("parallel16"), or the path of a folder of `<code>.txt`, an NTREX or FLORES
--- folder, a `.jsonl` or a `.tsv` file.
---@param name string
---@param opts? residua.corpus.Opts
---@return Corpus
---@example
---local texts = corpus.load("parallel16", { languages = { "eng", "swa" }, sentences = 8 })
---assert(texts:count() == 16)
function M.load(name, opts)
  opts = options.check("corpus.load", opts,
    { languages = { "table" }, sentences = { "integer" }, from = { "integer", 1 } })
  if opts.languages and #opts.languages == 0 then
    error("corpus.load: option 'languages' is empty; leave it out for all languages", 2)
  end
  local path = assets.path(name)
  if not system.exists(path) then
    error(("corpus.load: no texts '%s': no such file or folder%s; parallel16 is bundled, other texts need a path")
      :format(name, spelling.did_you_mean(name, { "parallel16" })), 2)
  end
  local texts = native.load(path, opts.languages)
  note_strangers(texts, path)
  note_gaps(texts)
  if opts.sentences or opts.from > 1 then
    return texts:slice(opts.from, opts.sentences and opts.from + opts.sentences - 1 or texts:sentences())
  end
  return texts
end

--- Loads minimal pairs: of each language the file `<code>.tsv` with columns correct and wrong, where there is one.
---@param name string  "agreement" (bundled), or a folder
---@param codes string[]  of languages
---@return Corpus? texts  in the "languages" correct and wrong: the k-th text of each is pair k; nil where no file is
---@return string[] languages  one per pair
---@example
---local texts, languages = corpus.minimal_pairs("agreement", { "deu", "xxx" })
---assert(texts:count() == 2 * #languages and texts:languages()[2] == "wrong" and languages[1] == "deu")
function M.minimal_pairs(name, codes)
  options.argument("corpus.minimal_pairs", "codes", codes, "table")
  local sides, languages = { correct = {}, wrong = {} }, {}
  for _, code in ipairs(codes) do
    local path = ("%s/%s.tsv"):format(assets.path(name), known_languages.code(code))
    local file = system.exists(path) and native.load(path, { "correct", "wrong" })
    local count = file and file:count() // 2 or 0
    for k = 1, count do
      table.insert(sides.correct, file:text(k))
      table.insert(sides.wrong, file:text(count + k))
      languages[#languages + 1] = code
    end
  end
  return #languages > 0 and M.of(sides, name) or nil, languages
end

--- Makes a corpus from texts at hand, by language.
---@param by_language table<string, string[]>  code -> texts; the k-th text of a language is its sentence k
---@param name? string
---@return Corpus
---@example
---assert(corpus.of({ eng = { "One.", "Two." } }):count() == 2)
function M.of(by_language, name)
  options.argument("corpus.of", "by_language", by_language, "table")
  local languages, texts = {}, {}
  for _, code in ipairs(sorted_keys(by_language, true)) do
    if type(code) ~= "string" or type(by_language[code]) ~= "table" then
      error(("corpus.of: '%s' is no language with a list of texts; give them as in { eng = { \"One.\" } }"):format(
        options.shown(code)), 2)
    end
    for _, content in ipairs(by_language[code]) do
      languages[#languages + 1], texts[#texts + 1] = code, content
    end
  end
  return native.make(name or "texts", languages, texts)
end

--- Returns the texts' properties as columns, one value per text, in the corpus's order.
---@return table columns  language, sentence, bytes, characters
---@example
---local columns = corpus.load("parallel16"):table()
---assert(columns.language[1] == "ara" and columns.sentence[1] == 1)
function Corpus:table()
  local columns = {}
  for name, column in pairs(columns_of(self)) do
    columns[name] = table.move(column, 1, #column, 1, {})
  end
  return columns
end

--- Returns how many sentences there are. A language may lack some of them.
---@return integer
---@example
---assert(corpus.of({ eng = { "One.", "Two." }, fra = { "Un." } }):sentences() == 2)
function Corpus:sentences()
  local seen, count = {}, 0
  for _, sentence in ipairs(columns_of(self).sentence) do
    count = count + (seen[sentence] and 0 or 1)
    seen[sentence] = true
  end
  return count
end

--- Returns the first sentences, in every language, or all if there are fewer.
---@param count integer  at least 1
---@return Corpus
---@example
---assert(corpus.load("parallel16"):first(8):count() == 8 * 16)
---assert(corpus.load("parallel16"):first(9999):count() == 104 * 16)
function Corpus:first(count)
  if math.type(count) ~= "integer" or count < 1 then
    error(("Corpus:first: cannot keep %s sentences; give a whole number of at least 1"):format(options.shown(count)), 2)
  end
  return self:slice(1, math.min(count, self:sentences()))
end

--- Returns the first and the second half of the sentences, in every language: one to choose by, the other to test what
--- was chosen. A single sentence is in both.
---@return Corpus first
---@return Corpus second
---@example
---local known, held = corpus.load("parallel16"):first(9):halves()
---assert(known:count() == 4 * 16 and held:count() == 5 * 16)
function Corpus:halves()
  local count = self:sentences()
  return self:slice(1, math.max(1, count // 2)), self:slice(math.min(count, count // 2 + 1), count)
end

---@class residua.corpus.MeanOpts
---@field seed? integer  1 by default
---@field level? number  0.95 by default
---@field resamples? integer  2000 by default

--- Returns the mean of one value per text, as `stats.mean` does. Languages and the sentences that they share are both
--- samples; with fewer than 3 languages the texts are the units of inference, which holds for these languages only.
---@param values number[]  one per text, in the corpus's order
---@param opts? residua.corpus.MeanOpts
---@return table effect  estimate, low, high, p, n, level
---@example
---local texts = corpus.of { eng = { "One.", "Two." }, fra = { "Un.", "Deux." }, deu = { "Eins.", "Zwei." } }
---assert(texts:mean({ 1, 2, 3, 4, 5, 6 }).estimate == 3.5 and texts:mean({ 1, 2, 3, 4, 5, 6 }).n == 3)
function Corpus:mean(values, opts)
  opts = options.check("Corpus:mean", opts,
    { seed = { "integer", 1 }, level = { "number", 0.95 }, resamples = { "integer", 2000 } })
  options.argument("Corpus:mean", "values", values, "table")
  if #values ~= self:count() then
    error(("Corpus:mean: %d values for %d texts; give one for each"):format(#values, self:count()), 2)
  elseif #self:languages() >= 3 then
    opts.clusters, opts.units = columns_of(self).language, columns_of(self).sentence
  end
  return require("residua.stats").mean(values, opts)
end

--- Returns what is known about the languages, by code: what the texts' own LANGUAGES.tsv says, and else what
--- `residua.languages` knows. Each field may be missing.
---@return table<string, table>  fields code, name, script, family, morphology, resource ("high", "mid", "low"), class
---@example
---assert(corpus.load("parallel16"):info().heb.script == "Hebrew")
---assert(corpus.of({ hun = { "Esik." }, xxx = { "?" } }):info().hun.morphology == "agglutinative")
function Corpus:info()
  local info = {}
  for _, language in ipairs(self:language_table()) do
    info[language.code] = {}
    for _, source in ipairs { known_languages.of(language.code), language } do
      for field, value in pairs(source) do
        info[language.code][field] = value
      end
    end
  end
  return info
end

help.publish("corpus.", M)

return M
