-- What is known about languages: complete for NTREX, the same as in the bundled texts, found under every code.
local corpus = require("residua.corpus")
local languages = require("residua.languages")
local support = require("tests.lua.support")
local system = require("residua.system")
local t = require("residua.testing")

local test = t.suite()

local TYPES <const> = { analytic = true, fusional = true, agglutinative = true, introflexive = true }
local RESOURCE <const> = { [0] = "low", "low", "low", "low", "mid", "high" } -- by class

-- The languages of NTREX-128 that the project trains and tests with.
local NTREX <const> = { "amh", "arb", "ben", "bul", "cat", "ces", "deu", "ell", "eng", "est", "eus", "fas", "fil",
  "fin", "fra", "hau", "heb", "hin", "hun", "hye", "ind", "ita", "jpn", "kat", "khm", "kor", "lit", "mon", "nld",
  "pol", "por", "ron", "rus", "spa", "swa", "swe", "tam", "tel", "tha", "tur", "ukr", "urd", "vie", "yor", "zho-CN" }

local function check_complete(known, code)
  for _, field in ipairs { "name", "script", "family" } do
    t.ok(type(known[field]) == "string" and known[field]:find("^%u"), code .. ": " .. field)
  end
  t.ok(TYPES[known.morphology], code .. ": morphology")
  t.eq(known.resource, RESOURCE[known.class], code)
end

function test.all_of_ntrex_is_known()
  t.eq(#NTREX, 45)
  for _, code in ipairs(NTREX) do
    check_complete(languages.of(code), code)
  end
end

function test.every_resource_class_and_type_has_three_languages()
  local seen = {}
  for _, code in ipairs(NTREX) do
    local known = languages.of(code)
    for _, label in ipairs { known.resource, known.morphology } do
      seen[label] = (seen[label] or 0) + 1
    end
  end
  t.eq(seen, { high = 7, mid = 16, low = 22, analytic = 6, fusional = 20, agglutinative = 16, introflexive = 3 })
end

function test.the_bundled_table_agrees()
  for code, row in pairs(corpus.load("parallel16"):info()) do
    local known = languages.of(code)
    for _, field in ipairs { "script", "family", "morphology", "resource" } do
      t.eq(row[field], known[field], code .. ": " .. field)
    end
    t.eq(row.class, known.class)
  end
end

function test.codes_of_varieties_and_with_scripts()
  t.eq({ languages.code("arb"), languages.code("swh_Latn"), languages.code("zho-TW"), languages.code("eng") },
    { "ara", "swa", "zho", "eng" })
  t.eq(languages.code("my-own"), "my-own")
  t.eq({ languages.of("zho_Hant").script, languages.of("hin_Latn").script, languages.of("urd_Xyzz").script },
    { "Han", "Latin", "Xyzz" })
  t.eq(languages.of("xxx"), {})
end

function test.what_the_texts_say_wins()
  local folder <close> = support.folder()
  folder:write("newstest2019-src.eng.txt", "One.\n")
  folder:write("newstest2019-ref.arb.txt", "\u{648}\u{627}\u{62d}\u{62f}.\n")
  folder:write("newstest2019-ref.xyz.txt", "?\n")
  folder:write("LANGUAGES.tsv", "code\tname\tmorphology\neng\tMy English\tfusional\n")
  local info = corpus.load(folder.path):info()
  t.eq({ info.eng.name, info.eng.morphology, info.eng.script }, { "My English", "fusional", "Latin" })
  t.eq({ info.arb.code, info.arb.script, info.arb.resource, info.xyz.script }, { "arb", "Arabic", "high", nil })
end

function test.a_folder_of_ntrex_has_metadata()
  local path = (os.getenv("RESIDUA_DATA") or support.home() .. "/../shared/data") .. "/ntrex128"
  if not system.exists(path) then
    t.skip("no NTREX-128 at " .. path)
  end
  local codes = {}
  for code, known in pairs(corpus.load(path, { sentences = 1 }):info()) do
    check_complete(known, code)
    codes[#codes + 1] = code
  end
  table.sort(codes)
  t.eq(codes, NTREX)
end

return test
