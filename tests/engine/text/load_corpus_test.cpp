// The parallel layouts: bundled folder, NTREX, FLORES; tables of sentences and JSON lines are in
// their own tests.

#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/text/corpus.hpp"
#include "tests/engine/text/corpus_text.hpp"
#include "tests/engine/text/scratch_folder.hpp"

#include <cstdlib>

using namespace residua;
using Catch::Matchers::Contains;

TEST_CASE("a folder of <code>.txt is a corpus", "[text]") {
  const ScratchFolder folder;
  folder.write("texts/eng.txt", "One.\nTwo.\nThree.\n");
  folder.write("texts/deu.txt", "\xEF\xBB\xBF"
                                "Eins.\r\n\r\nDrei.\r\n");
  folder.write("texts/heb.txt", "\u05d0\u05d7\u05ea\n \t\n");
  folder.write("texts/README.txt", "No language.\n");
  folder.write("texts/.hidden.txt", "\xFF");
  folder.write("texts/LICENSE", "No text.\n");
  const Corpus corpus = load_corpus(folder.path() / "texts");
  CHECK(corpus.name() == "texts");
  CHECK(text_of(corpus) ==
        "deu 1 Eins.|deu 3 Drei.|eng 1 One.|eng 2 Two.|eng 3 Three.|heb 1 \u05d0\u05d7\u05ea|");
  CHECK(text_of(load_corpus(folder.path() / "texts/", {"heb", "deu"})) ==
        "heb 1 \u05d0\u05d7\u05ea|deu 1 Eins.|deu 3 Drei.|");
  CHECK(load_corpus(folder.path() / "texts/").name() == "texts");
  CHECK(text_of(corpus.aligned()) == "deu 1 Eins.|eng 1 One.|heb 1 \u05d0\u05d7\u05ea|");
  CHECK_THROWS_WITH(load_corpus(folder.path() / "texts", {"fra"}),
                    Contains("texts: no language \"fra\"; choose from deu eng heb"));
}

TEST_CASE("LANGUAGES.tsv describes the languages by its header's columns", "[text]") {
  const ScratchFolder folder;
  folder.write("eng.txt", "One.\n");
  folder.write("deu.txt", "Eins.\n");
  folder.write("fin.txt", "Yksi.\n");
  folder.write("LANGUAGES.tsv", "name\tcode\tnote\tscript\tfamily\tmorphology\tresource\r\n"
                                "English\teng\tx\tLatin\tGermanic\tanalytic\thigh\r\n"
                                "\r\n"
                                "Klingon\ttlh\t\t\t\t\t\r\n"
                                "Finnish\tfin\n");
  const auto languages = load_corpus(folder.path()).languages();
  REQUIRE(languages.size() == 3);
  CHECK(describe(languages[0]) == "deu,,,,,");
  CHECK(describe(languages[1]) == "eng,English,Latin,Germanic,analytic,high");
  CHECK(describe(languages[2]) == "fin,Finnish,,,,");
  folder.write("LANGUAGES.tsv", "code\tname\neng\tEnglish\neng\tEnglish\n");
  CHECK_THROWS_WITH(load_corpus(folder.path()),
                    Contains("LANGUAGES.tsv: line 3: language eng is there twice"));
  folder.write("LANGUAGES.tsv", "code\tname\n\tEnglish\n");
  CHECK_THROWS_WITH(load_corpus(folder.path()),
                    Contains("LANGUAGES.tsv: line 2: \"\" is not a language code"));
}

TEST_CASE("NTREX is read by its file names", "[text]") {
  const ScratchFolder folder;
  folder.write("newstest2019-src.eng.txt", "One.\nTwo.\n");
  folder.write("newstest2019-ref.zho-CN.txt", "\u4e00\r\n\u4e8c\r\n");
  folder.write("newstest2019-ref.fra.txt", "Un.\n\n");
  folder.write("newstest2019-ref.fra-CA.txt", "Un!\nDeux!\n");
  folder.write("newstest2019-ref.srp-Cyrl.txt", "\u0408\n");
  folder.write("newstest2019-ref.srp-Latn.txt", "J\n");
  folder.write("DOCUMENT_IDS.tsv", "bbc.1\nbbc.1\n");
  folder.write("LANGUAGES.tsv",
               "fra French\nfra-CA\tFrench (Canada)\nzho-CN  Chinese (Simplified)\n");

  const Corpus all = load_corpus(folder.path());
  CHECK(all.languages().size() == 6);
  CHECK(text_of(all.select({"zho-CN"})) == "zho-CN 1 \u4e00|zho-CN 2 \u4e8c|");
  const Corpus asked = load_corpus(folder.path(), {"zho", "fra", "eng"});
  CHECK(text_of(asked) == "zho 1 \u4e00|zho 2 \u4e8c|fra 1 Un.|eng 1 One.|eng 2 Two.|");
  CHECK(describe(asked.languages()[0]) == "zho,Chinese (Simplified),,,,");
  CHECK(describe(asked.languages()[1]) == "fra,French,,,,");
  CHECK(describe(asked.languages()[2]) == "eng,,,,,");
  CHECK_THROWS_WITH(load_corpus(folder.path(), {"srp"}),
                    Contains("language \"srp\" is ambiguous; choose from srp-Cyrl srp-Latn"));
  CHECK_THROWS_WITH(load_corpus(folder.path(), {"zh"}), Contains("no language \"zh\""));
  CHECK_THROWS_WITH(load_corpus(folder.path(), {"zho", "zho-CN"}),
                    Contains("zho-CN is asked for twice"));
  folder.write("newstest2019-ref.eng.txt", "One.\n");
  CHECK_THROWS_WITH(load_corpus(folder.path()),
                    Contains("language eng is there as source and as reference"));
}

TEST_CASE("NTREX's repository is accepted as a whole", "[text]") {
  const ScratchFolder folder;
  folder.write("NTREX-128/newstest2019-ref.deu.txt", "Eins.\n");
  folder.write("LANGUAGES.tsv", "deu German\n");
  const Corpus corpus = load_corpus(folder.path());
  CHECK(text_of(corpus) == "deu 1 Eins.|");
  CHECK(corpus.languages()[0].name == "German");
  CHECK(load_corpus(folder.path() / "NTREX-128").languages()[0].name == "German");
}

TEST_CASE("FLORES is read flat or in its folders", "[text]") {
  const ScratchFolder folder;
  for (const std::string root : {"flat/", "deep/dev/"}) {
    folder.write(root + "eng_Latn.dev", "One.\nTwo.\n");
    folder.write(root + "zho_Hans.dev", "\u4e00\n\u4e8c\n");
    folder.write(root + "zho_Hant.dev", "\u4e00\n\n");
  }
  for (const std::string root : {"both/", "deep/"}) {
    folder.write(root + "devtest/eng_Latn.devtest", "Three.\n");
    folder.write(root + "devtest/heb_Hebr.devtest", "\u05e9\n");
  }
  const Corpus flat = load_corpus(folder.path() / "flat", {"eng", "zho_Hant"});
  CHECK(text_of(flat) == "eng 1 One.|eng 2 Two.|zho_Hant 1 \u4e00|");
  CHECK(describe(flat.languages()[0]) == "eng,,Latin,,,");
  CHECK(describe(flat.languages()[1]) == "zho_Hant,,Han,,,");
  CHECK_THROWS_WITH(load_corpus(folder.path() / "flat", {"zho"}),
                    Contains("choose from zho_Hans zho_Hant"));
  CHECK(text_of(load_corpus(folder.path() / "both", {"eng_Latn"})) == "eng_Latn 1 Three.|");
  const Corpus deep = load_corpus(folder.path() / "deep", {"eng", "heb"});
  CHECK(text_of(deep) == "eng 1 One.|eng 2 Two.|eng 1001 Three.|heb 1001 \u05e9|");
  CHECK(text_of(load_corpus(folder.path() / "deep/devtest", {"heb"})) == "heb 1 \u05e9|");
}

TEST_CASE("dev and devtest of FLORES may not overlap", "[text]") {
  const ScratchFolder folder;
  std::string many;
  for (int i = 0; i < 1001; ++i)
    many += "x\n";
  folder.write("eng.dev", many);
  CHECK(load_corpus(folder.path()).texts().size() == 1001);
  folder.write("eng.devtest", "y\n");
  CHECK_THROWS_WITH(load_corpus(folder.path()), Contains("eng.dev: more than 1000 lines"));
}

TEST_CASE("paths without texts are refused with what to do", "[text]") {
  const ScratchFolder folder;
  const auto& path = folder.path();
  CHECK_THROWS_WITH(load_corpus(path / "none"),
                    Contains("none: no such file or folder; check the path"));
  CHECK_THROWS_WITH(load_corpus(path),
                    Contains("no texts in a known layout; put <code>.txt files there"));
  CHECK_THROWS_WITH(load_corpus(folder.write("x.csv", "eng\n")),
                    Contains("x.csv: not a known layout of texts"));
  folder.write("a/eng.txt", " \n\n");
  CHECK_THROWS_WITH(load_corpus(path / "a"),
                    Contains("eng.txt: no sentence; write one sentence per line"));
  folder.write("b/my notes.txt", "x\n");
  CHECK_THROWS_WITH(load_corpus(path / "b"),
                    Contains("\"my notes\" is not a language code; name the file <code>.txt"));
  folder.write("c/eng.txt", "One.\nTw\xF6.\n");
  folder.write("c/deu.txt", "Eins.\n");
  CHECK_THROWS_WITH(load_corpus(path / "c"),
                    Contains("eng.txt: not UTF-8 at line 2, byte offset 7"));
  CHECK(text_of(load_corpus(path / "c", {"deu"})) == "deu 1 Eins.|");
  std::filesystem::create_directories(path / "d" / "eng.txt");
  CHECK_THROWS_WITH(load_corpus(path / "d"), Contains("no texts in a known layout"));
}

TEST_CASE("NTREX-128 itself loads", "[text][data]") {
  const char* variable = std::getenv("RESIDUA_DATA");
  const std::filesystem::path data =
      variable != nullptr ? variable : RESIDUA_SOURCE "/../shared/data";
  if (!std::filesystem::exists(data / "ntrex128")) {
    WARN("skipped: no ntrex128 under RESIDUA_DATA");
    return;
  }
  const Corpus corpus = load_corpus(data / "ntrex128", {"eng", "zho", "heb"}).aligned();
  CHECK(corpus.texts().size() == 3 * 1997);
  CHECK(corpus.languages()[1].name == "Chinese (Simplified)");
  CHECK(corpus.texts()[0].content.find('\r') == std::string::npos);
  CHECK(load_corpus(data / "ntrex128").languages().size() >= 45);
}
