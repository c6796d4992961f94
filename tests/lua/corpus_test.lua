-- Corpora: layouts on disk, selection, columns, messages.
local corpus = require("residua.corpus")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local function contents(texts)
  local list = {}
  for i = 1, texts:count() do
    list[i] = texts:text(i)
  end
  return list
end

function test.texts_at_hand()
  local texts = corpus.of({ eng = { "One.", "Two." }, deu = { "Größe." } }, "mine")
  t.eq(texts:name(), "mine")
  t.eq(texts:languages(), { "deu", "eng" })
  t.eq(contents(texts), { "Größe.", "One.", "Two." })
  t.eq(texts:table(), { language = { "deu", "eng", "eng" }, sentence = { 1, 1, 2 }, bytes = { 8, 4, 4 },
    characters = { 6, 4, 4 } })
  t.eq(tostring(texts), "Corpus mine: 3 texts in 2 languages")
end

function test.a_folder_of_text_files()
  local folder <close> = support.folder()
  folder:write("eng.txt", "One.\nTwo.\n")
  folder:write("swa.txt", "Moja.\nMbili.\n")
  local texts = corpus.load(folder.path)
  t.eq(texts:languages(), { "eng", "swa" })
  t.eq(contents(texts), { "One.", "Two.", "Moja.", "Mbili." })
  t.eq(contents(corpus.load(folder.path, { languages = { "swa" } })), { "Moja.", "Mbili." })
end

function test.json_lines()
  local folder <close> = support.folder()
  local path = folder:write("texts.jsonl", [[
{"language": "eng", "sentence": 1, "text": "One."}
{"language": "deu", "sentence": 1, "text": "Eins."}
]])
  t.eq(contents(corpus.load(path):select({ "deu", "eng" })), { "Eins.", "One." })
end

function test.columns_of_a_table()
  local folder <close> = support.folder()
  local path = folder:write("texts.tsv", "eng\tfra\nOne.\tUn.\nTwo.\tDeux.\n")
  t.eq(contents(corpus.load(path):select({ "fra" })), { "Un.", "Deux." })
end

function test.the_ntrex_layout()
  local folder <close> = support.folder()
  folder:write("newstest2019-src.eng.txt", "One.\nTwo.\n")
  folder:write("newstest2019-ref.deu.txt", "Eins.\nZwei.\n")
  t.eq(contents(corpus.load(folder.path):select({ "eng", "deu" })), { "One.", "Two.", "Eins.", "Zwei." })
end

function test.the_flores_layout()
  local folder <close> = support.folder()
  folder:write("dev/eng_Latn.dev", "One.\nTwo.\n")
  folder:write("dev/deu_Latn.dev", "Eins.\nZwei.\n")
  local texts = corpus.load(folder.path, { languages = { "deu" }, sentences = 1 })
  t.eq(contents(texts), { "Eins." })
end

function test.sentences_and_from_choose_a_range()
  local folder <close> = support.folder()
  folder:write("eng.txt", "One.\nTwo.\nThree.\nFour.\n")
  t.eq(contents(corpus.load(folder.path, { sentences = 2 })), { "One.", "Two." })
  t.eq(contents(corpus.load(folder.path, { sentences = 2, from = 2 })), { "Two.", "Three." })
  t.eq(contents(corpus.load(folder.path, { from = 4 })), { "Four." })
end

function test.slices_count_from_one()
  t.eq(support.texts():slice(2, 3):table().sentence, { 2, 3, 2, 3, 2, 3 })
  t.raises("corpus sample: no slice from 0 to 2", function()
    support.texts():slice(0, 2)
  end)
end

function test.aligned_keeps_what_all_have()
  local texts = corpus.of({ eng = { "One.", "Two." }, deu = { "Eins." } }):aligned()
  t.eq(contents(texts), { "Eins.", "One." })
end

function test.columns_are_the_callers_own()
  local texts = support.texts()
  local columns = texts:table()
  columns.language[1], columns.sentence = "xxx", nil
  t.eq(texts:table().language[1], "deu")
  t.eq(texts:sentences(), 4)
end

function test.equal_content_has_equal_digests()
  t.eq(support.texts():digest(), support.texts():digest())
  t.ok(support.texts():digest() ~= support.texts():slice(1, 2):digest())
end

function test.the_bundled_texts()
  local texts = corpus.load("parallel16")
  t.eq(#texts:languages(), 16)
  t.eq(texts:count(), 16 * 104)
  t.eq(texts:aligned():count(), texts:count())
  local info = texts:info()
  t.eq(info.heb.script, "Hebrew")
  t.eq(info.heb.resource, "low")
  t.eq(info.eng.name, "English")
end

function test.wrong_options_suggest()
  t.raises("corpus.load: unknown option 'sentence' (did you mean 'sentences'?)", function()
    corpus.load("parallel16", { sentence = 2 })
  end)
end

function test.unknown_languages_are_named()
  t.raises('no language "xyz"; choose from', function()
    corpus.load("parallel16", { languages = { "xyz" } })
  end)
  t.raises('no language "zzz"', function()
    support.texts():select({ "zzz" })
  end)
end

function test.files_without_content_are_named()
  local folder <close> = support.folder()
  local path = folder:write("eng.txt", "")
  t.raises(path .. ": no sentence", function()
    corpus.load(folder.path)
  end)
end

function test.stray_files_are_named()
  local folder <close> = support.folder()
  folder:write("texts/eng.txt", "One.\n")
  folder:write("texts/README.txt", "Skipped.\n")
  local load = ("-e 'corpus.load(\"%s/texts\"):count()'"):format(folder.path)
  t.eq({ support.run(load) }, { "1\n", "", 0 })
  folder:write("texts/notes.txt", "Mind this.\n")
  t.eq({ support.run(load) }, { "2\n", "note: texts: notes.txt is read as the texts of a language 'notes'; move the "
    .. "file elsewhere if it is something else\n", 0 })
  folder:write("texts/LANGUAGES.tsv", "code\tname\nnotes\tNotish\n")
  t.eq({ support.run(load) }, { "2\n", "", 0 })
  folder:write("texts/my notes.txt", "And this.\n")
  local _, err, status = support.run(load)
  t.eq(status, 1)
  t.ok(err:find('my notes.txt: "my notes" is not a language code; name the file <code>.txt, or move it elsewhere', 1,
    true), err)
end

function test.missing_and_strange_paths_are_named()
  t.raises("corpus.load: no texts '/no/such/texts': no such file or folder; parallel16 is bundled", function()
    corpus.load("/no/such/texts")
  end)
  local folder <close> = support.folder()
  t.raises(folder.path .. ": no texts in a known layout", function()
    corpus.load(folder.path)
  end)
  local path = folder:write("texts.csv", "a,b")
  t.raises(path .. ": not a known layout of texts", function()
    corpus.load(path)
  end)
end

function test.empty_texts_are_refused()
  t.raises("sentence 2 of eng is empty; leave it out", function()
    corpus.of({ eng = { "One.", "" } })
  end)
  t.raises("no sentence", function()
    corpus.of({})
  end)
end

function test.means_have_languages_as_units_where_there_are_three()
  local three = corpus.of { aaa = { "a", "b" }, bbb = { "c", "d" }, ccc = { "e", "f" } }
  local one = corpus.of { aaa = { "a", "b", "c", "d" } }
  t.near({ three:mean({ 1, 2, 3, 4, 5, 9 }).estimate, one:mean({ 1, 2, 3, 6 }).estimate }, { 4, 3 }, 1e-12)
  t.eq({ three:mean({ 1, 2, 3, 4, 5, 9 }).n, one:mean({ 1, 2, 3, 6 }).n }, { 3, 4 })
  t.raises("2 values for 4 texts", function()
    one:mean({ 1, 2 })
  end)
end

return test
