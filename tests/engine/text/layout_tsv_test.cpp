#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/text/corpus.hpp"
#include "tests/engine/text/corpus_text.hpp"
#include "tests/engine/text/scratch_folder.hpp"

using namespace residua;
using Catch::Matchers::Contains;

TEST_CASE("a table of sentences is a corpus", "[text]") {
  const ScratchFolder folder;
  const auto file = folder.write("few.tsv", "\xEF\xBB\xBF"
                                            "eng\tdeu\theb\r\n"
                                            "One.\tEins.\t\r\n"
                                            "\r\n"
                                            "\"Three\".\t \t\u05e9\r\n");
  CHECK(text_of(load_corpus(file)) == "eng 1 One.|eng 3 \"Three\".|deu 1 Eins.|heb 3 \u05e9|");
  CHECK(text_of(load_corpus(file, {"heb", "eng"})) == "heb 3 \u05e9|eng 1 One.|eng 3 \"Three\".|");
  CHECK_THROWS_WITH(load_corpus(file, {"fra"}), Contains("choose from eng deu heb"));
}

TEST_CASE("errors in a table name the line", "[text]") {
  const ScratchFolder folder;
  const auto load = [&](std::string_view content) {
    return load_corpus(folder.write("bad.tsv", content));
  };
  CHECK_THROWS_WITH(
      load("eng\tdeu\na\tb\na\tb\tc\n"),
      Contains("bad.tsv: line 3: 3 cells where the header has 2; separate cells by tabs"));
  CHECK_THROWS_WITH(load("eng\tdeu\na\n"),
                    Contains("bad.tsv: line 2: 1 cells where the header has 2"));
  CHECK_THROWS_WITH(load("eng\teng\na\tb\n"), Contains("line 1: language eng is there twice"));
  CHECK_THROWS_WITH(load("A sentence.\tEin Satz.\n"),
                    Contains("line 1: column 1 is not a language code"));
  CHECK_THROWS_WITH(load("eng\t\na\tb\n"), Contains("line 1: column 2 is not a language code"));
  CHECK_THROWS_WITH(load("eng\tdeu\na\t\n"), Contains("bad.tsv: no sentence in column deu"));
  CHECK_THROWS_WITH(load("eng\n"), Contains("bad.tsv: no sentence in column eng"));
  CHECK_THROWS_WITH(load(""), Contains("bad.tsv: no sentence"));
  CHECK_THROWS_WITH(load("eng\na\n\xC3\n"),
                    Contains("bad.tsv: not UTF-8 at line 3, byte offset 6"));
}
