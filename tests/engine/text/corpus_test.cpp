#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/text/corpus.hpp"

#include <algorithm>
#include <random>

using namespace residua;
using Catch::Matchers::Contains;

namespace {

std::vector<Language> languages(const std::vector<std::string>& codes) {
  std::vector<Language> result;
  for (const auto& code : codes)
    result.push_back({code, "", "", "", "", ""});
  return result;
}

/// "eng 1", "eng 2", ... for every sentence of every language.
Corpus full(const std::vector<std::string>& codes, const std::vector<int64_t>& sentences) {
  std::vector<Text> texts;
  for (const auto& code : codes)
    for (const int64_t sentence : sentences)
      texts.push_back({code, sentence, cat(code, " ", sentence)});
  return Corpus("test", languages(codes), texts);
}

std::vector<std::string> contents(const Corpus& corpus) {
  std::vector<std::string> result;
  for (const Text& text : corpus.texts())
    result.push_back(text.content);
  return result;
}

std::vector<std::string> codes(const Corpus& corpus) {
  std::vector<std::string> result;
  for (const Language& language : corpus.languages())
    result.push_back(language.code);
  return result;
}

using Strings = std::vector<std::string>;

} // namespace

TEST_CASE("texts are ordered by language as listed, then by sentence", "[text]") {
  std::vector<Text> texts = full({"eng", "deu", "heb"}, {1, 2, 10, 11}).texts();
  const Corpus sorted("test", languages({"eng", "deu", "heb"}), texts);
  CHECK(contents(sorted) == Strings{"eng 1", "eng 2", "eng 10", "eng 11", "deu 1", "deu 2",
                                    "deu 10", "deu 11", "heb 1", "heb 2", "heb 10", "heb 11"});
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(texts.begin(), texts.end(), random);
    const Corpus shuffled("other name", languages({"eng", "deu", "heb"}), texts);
    REQUIRE(contents(shuffled) == contents(sorted));
    REQUIRE(shuffled.digest() == sorted.digest());
  }
}

TEST_CASE("the digest follows codes, sentences and contents", "[text]") {
  const auto digest = [](const std::string& code, int64_t sentence, const std::string& content) {
    return Corpus("test", languages({code}), {{code, sentence, content}}).digest();
  };
  CHECK(digest("eng", 1, "a").size() == 32);
  CHECK(digest("eng", 1, "a") == digest("eng", 1, "a"));
  CHECK(digest("eng", 1, "a") != digest("deu", 1, "a"));
  CHECK(digest("eng", 1, "a") != digest("eng", 2, "a"));
  CHECK(digest("eng", 1, "a") != digest("eng", 1, "b"));
  CHECK(full({"eng", "deu"}, {1}).digest() != full({"deu", "eng"}, {1}).digest());
}

TEST_CASE("bytes and characters differ", "[text]") {
  const Text text{"heb", 1, "\u05e9\u05dc\u05d5\u05dd!"};
  CHECK(text.bytes() == 9);
  CHECK(text.characters() == 5);
}

TEST_CASE("select takes the languages named, in this order", "[text]") {
  const Corpus corpus = full({"eng", "deu", "heb"}, {1, 2});
  CHECK(contents(corpus.select({"heb", "eng"})) == Strings{"heb 1", "heb 2", "eng 1", "eng 2"});
  CHECK(corpus.select({"eng", "deu", "heb"}).digest() == corpus.digest());
  CHECK_THROWS_WITH(corpus.select({"eng", "fra"}),
                    Contains("corpus test: no language \"fra\"; choose from eng deu heb"));
  CHECK_THROWS_WITH(corpus.select({"eng", "eng"}), Contains("eng is asked for twice"));
  CHECK_THROWS_WITH(corpus.select({}), Contains("no language selected"));
}

TEST_CASE("slice counts distinct sentence numbers, not lines", "[text]") {
  const Corpus corpus("test", languages({"eng", "deu"}),
                      {{"eng", 3, "e3"}, {"eng", 7, "e7"}, {"deu", 3, "d3"}, {"deu", 20, "d20"}});
  CHECK(contents(corpus.slice(1, 1)) == Strings{"e3", "d3"});
  CHECK(contents(corpus.slice(2, 3)) == Strings{"e7", "d20"});
  CHECK(codes(corpus.slice(3, 3)) == Strings{"deu"});
  CHECK(corpus.slice(1, 3).digest() == corpus.digest());
  CHECK_THROWS_WITH(corpus.slice(0, 1),
                    Contains("no slice from 0 to 1; choose 1 <= first <= last <= 3"));
  CHECK_THROWS_WITH(corpus.slice(2, 1), Contains("no slice from 2 to 1"));
  CHECK_THROWS_WITH(corpus.slice(1, 4), Contains("no slice from 1 to 4"));
}

TEST_CASE("aligned keeps what every language has", "[text]") {
  const Corpus corpus("test", languages({"eng", "deu"}),
                      {{"eng", 1, "e1"}, {"eng", 2, "e2"}, {"deu", 2, "d2"}, {"deu", 3, "d3"}});
  CHECK(contents(corpus.aligned()) == Strings{"e2", "d2"});
  CHECK(corpus.aligned().aligned().digest() == corpus.aligned().digest());
  const Corpus apart("test", languages({"eng", "deu"}), {{"eng", 1, "e1"}, {"deu", 2, "d2"}});
  CHECK_THROWS_WITH(apart.aligned(), Contains("no sentence is there in every language"));
}

TEST_CASE("a corpus that breaks a rule is refused", "[text]") {
  const auto make = [](const std::vector<std::string>& listed, std::vector<Text> texts) {
    return Corpus("test", languages(listed), std::move(texts));
  };
  CHECK_THROWS_WITH(make({"eng"}, {{"eng", 1, "a"}, {"eng", 1, "b"}}),
                    Contains("sentence 1 of eng is there twice"));
  CHECK_THROWS_WITH(make({"eng", "eng"}, {{"eng", 1, "a"}}),
                    Contains("language eng is listed twice"));
  CHECK_THROWS_WITH(make({"eng"}, {{"deu", 1, "a"}}),
                    Contains("sentence 1 of deu: the language is not listed"));
  CHECK_THROWS_WITH(make({"eng", "deu"}, {{"eng", 1, "a"}}),
                    Contains("language deu has no sentence"));
  CHECK_THROWS_WITH(make({"eng"}, {{"eng", 0, "a"}}),
                    Contains("sentence 0 of eng: bad number; count sentences from 1"));
  CHECK_THROWS_WITH(make({"eng"}, {{"eng", 1, ""}}), Contains("sentence 1 of eng is empty"));
  CHECK_THROWS_WITH(make({"eng"}, {{"eng", 1, "ab\xFF"}}), Contains("not UTF-8 at byte offset 2"));
  CHECK_THROWS_WITH(make({"eng"}, {{"eng", 1, std::string("a\0b", 3)}}),
                    Contains("NUL byte at byte offset 1"));
  CHECK_THROWS_WITH(make({"en glish"}, {}), Contains("\"en glish\" is not a language code"));
  CHECK_THROWS_WITH(make({""}, {}), Contains("\"\" is not a language code"));
  CHECK_THROWS_WITH(make({}, {}), Contains("no sentence"));
}
