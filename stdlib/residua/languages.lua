-- What is known about languages, whatever texts they come with: name, script, family, morphological type, resource
-- class. `texts:info()` takes from here what the texts' own LANGUAGES.tsv does not say.
--
-- code: ISO 639-3. script: that of the language's usual text; Japanese means kana with kanji.
-- family: Glottolog's (Hammarström et al.), or the branch of it for Indo-European and Afro-Asiatic.
-- morphology: the dominant type of inflection in the traditional sense (Comrie 1989, "Language Universals and
--   Linguistic Typology", ch. 2.3): analytic, fusional, agglutinative, introflexive (roots and patterns). A judgement:
--   every language mixes types.
-- class: 0 to 5, of Joshi et al. 2020, "The State and Fate of Linguistic Diversity and Inclusion in the NLP World"
--   (their lang2tax.txt, read in third-party copies), by labelled and unlabelled data. It has Filipino as Tagalog.
-- resource follows from the class by one rule: high = 5, mid = 4, low = 3 and lower.

local M = {}

local KNOWN <const> = {
  -- code = { name, script, family, morphology, class }
  amh = { "Amharic", "Ethiopic", "Semitic", "introflexive", 2 },
  ara = { "Arabic", "Arabic", "Semitic", "introflexive", 5 },
  ben = { "Bengali", "Bengali", "Indo-Aryan", "fusional", 3 },
  bul = { "Bulgarian", "Cyrillic", "Slavic", "fusional", 3 },
  cat = { "Catalan", "Latin", "Romance", "fusional", 4 },
  ces = { "Czech", "Latin", "Slavic", "fusional", 4 },
  deu = { "German", "Latin", "Germanic", "fusional", 5 },
  ell = { "Greek", "Greek", "Greek", "fusional", 3 },
  eng = { "English", "Latin", "Germanic", "analytic", 5 },
  est = { "Estonian", "Latin", "Uralic", "agglutinative", 3 },
  eus = { "Basque", "Latin", "Basque", "agglutinative", 4 },
  fas = { "Persian", "Arabic", "Iranian", "agglutinative", 4 },
  fil = { "Filipino", "Latin", "Austronesian", "agglutinative", 3 },
  fin = { "Finnish", "Latin", "Uralic", "agglutinative", 4 },
  fra = { "French", "Latin", "Romance", "fusional", 5 },
  hau = { "Hausa", "Latin", "Chadic", "fusional", 2 },
  heb = { "Hebrew", "Hebrew", "Semitic", "introflexive", 3 },
  hin = { "Hindi", "Devanagari", "Indo-Aryan", "fusional", 4 },
  hun = { "Hungarian", "Latin", "Uralic", "agglutinative", 4 },
  hye = { "Armenian", "Armenian", "Armenian", "agglutinative", 1 },
  ind = { "Indonesian", "Latin", "Austronesian", "agglutinative", 3 },
  ita = { "Italian", "Latin", "Romance", "fusional", 4 },
  jpn = { "Japanese", "Japanese", "Japonic", "agglutinative", 5 },
  kat = { "Georgian", "Georgian", "Kartvelian", "agglutinative", 3 },
  khm = { "Khmer", "Khmer", "Austroasiatic", "analytic", 1 },
  kor = { "Korean", "Hangul", "Koreanic", "agglutinative", 4 },
  lit = { "Lithuanian", "Latin", "Baltic", "fusional", 3 },
  mon = { "Mongolian", "Cyrillic", "Mongolic", "agglutinative", 1 },
  nld = { "Dutch", "Latin", "Germanic", "fusional", 4 },
  pol = { "Polish", "Latin", "Slavic", "fusional", 4 },
  por = { "Portuguese", "Latin", "Romance", "fusional", 4 },
  ron = { "Romanian", "Latin", "Romance", "fusional", 3 },
  rus = { "Russian", "Cyrillic", "Slavic", "fusional", 4 },
  spa = { "Spanish", "Latin", "Romance", "fusional", 5 },
  swa = { "Swahili", "Latin", "Atlantic-Congo", "agglutinative", 2 },
  swe = { "Swedish", "Latin", "Germanic", "fusional", 4 },
  tam = { "Tamil", "Tamil", "Dravidian", "agglutinative", 3 },
  tel = { "Telugu", "Telugu", "Dravidian", "agglutinative", 1 },
  tha = { "Thai", "Thai", "Kra-Dai", "analytic", 3 },
  tur = { "Turkish", "Latin", "Turkic", "agglutinative", 4 },
  ukr = { "Ukrainian", "Cyrillic", "Slavic", "fusional", 3 },
  urd = { "Urdu", "Arabic", "Indo-Aryan", "fusional", 3 },
  vie = { "Vietnamese", "Latin", "Austroasiatic", "analytic", 4 },
  yor = { "Yoruba", "Latin", "Atlantic-Congo", "analytic", 2 },
  zho = { "Chinese", "Han", "Sino-Tibetan", "analytic", 5 },
}

-- The standard variety of a macrolanguage, as NTREX and FLORES name it.
local SAME <const> = { arb = "ara", cmn = "zho", ekk = "est", khk = "mon", pes = "fas", swh = "swa", tgl = "fil" }

-- Scripts by ISO 15924, for codes that name theirs: zho_Hant, hin_Latn.
local SCRIPTS <const> = { Arab = "Arabic", Armn = "Armenian", Beng = "Bengali", Cyrl = "Cyrillic", Deva = "Devanagari",
  Ethi = "Ethiopic", Geor = "Georgian", Grek = "Greek", Hang = "Hangul", Hans = "Han", Hant = "Han", Hebr = "Hebrew",
  Jpan = "Japanese", Khmr = "Khmer", Latn = "Latin", Taml = "Tamil", Telu = "Telugu", Thai = "Thai" }

--- Returns the code under which a language is known: that of the macrolanguage, without region and script.
---@param code string  "arb", "zho-CN", "eng_Latn"
---@return string
---@example
---local languages = require("residua.languages")
---assert(languages.code("arb_Arab") == "ara" and languages.code("zho-CN") == "zho")
function M.code(code)
  local base = code:match("^(%l%l%l)[-_]%w+$") or code
  return SAME[base] or base
end

--- Returns what is known about a language, an empty table for one that is not.
---@param code string  ISO 639-3, also with a region or script after - or _
---@return table  fields name, script, family, morphology, class (Joshi et al. 2020), resource
---@example
---local hungarian = require("residua.languages").of("hun")
---assert(hungarian.morphology == "agglutinative" and hungarian.class == 4 and hungarian.resource == "mid")
function M.of(code)
  local known = KNOWN[M.code(code)]
  if not known then
    return {}
  end
  local name, script, family, morphology, class = table.unpack(known)
  local named = code:match("[-_](%u%l%l%l)$")
  return { name = name, script = named and (SCRIPTS[named] or named) or script, family = family,
    morphology = morphology, class = class, resource = class >= 5 and "high" or class == 4 and "mid" or "low" }
end

return M
