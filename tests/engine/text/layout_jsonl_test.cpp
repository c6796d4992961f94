#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/text/corpus.hpp"
#include "tests/engine/text/corpus_text.hpp"
#include "tests/engine/text/scratch_folder.hpp"

#include <random>

using namespace residua;
using Catch::Matchers::Contains;

TEST_CASE("JSON lines are a corpus", "[text]") {
  const ScratchFolder folder;
  const auto file = folder.write(
      "few.jsonl", "{\"language\": \"eng\", \"text\": \"One.\", \"url\": null}\r\n"
                   "\n"
                   "{\"language\": \"deu\", \"text\": \"Zw\\u00f6lf.\", \"sentence\": 12}\n"
                   "{\"language\": \"eng\", \"text\": \"Two.\\nStill two.\"}\n"
                   "{\"language\": \"deu\", \"text\": \"Dreizehn.\"}");
  const Corpus corpus = load_corpus(file);
  CHECK(corpus.name() == "few");
  CHECK(text_of(corpus) ==
        "eng 1 One.|eng 2 Two.\nStill two.|deu 12 Zw\u00f6lf.|deu 13 Dreizehn.|");
  CHECK(text_of(load_corpus(file, {"deu"})) == "deu 12 Zw\u00f6lf.|deu 13 Dreizehn.|");
  CHECK_THROWS_WITH(load_corpus(file, {"fra"}),
                    Contains("few.jsonl: no language \"fra\"; choose from eng deu"));
}

TEST_CASE("errors in JSON lines name the line", "[text]") {
  const ScratchFolder folder;
  const auto message = [&](const std::string& second) {
    const auto file =
        folder.write("bad.jsonl", "{\"language\":\"eng\",\"text\":\"One.\"}\n" + second + "\n");
    try {
      load_corpus(file);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK_THAT(message("{\"language\": eng}"),
             Contains("bad.jsonl: line 2: not JSON at byte 14 of the line; write one"));
  CHECK_THAT(message("[1]"), Contains("line 2: not a JSON object"));
  CHECK_THAT(message("{\"text\":\"Two.\"}"),
             Contains("line 2: \"language\" is not a string with content"));
  CHECK_THAT(message("{\"language\":\"eng\",\"text\":2}"),
             Contains("line 2: \"text\" is not a string with content"));
  CHECK_THAT(message("{\"language\":\"eng\",\"text\":\"\"}"),
             Contains("line 2: \"text\" is not a string"));
  CHECK_THAT(message("{\"language\":\"e n\",\"text\":\"x\"}"),
             Contains("line 2: \"language\" is not a language code"));
  CHECK_THAT(message("{\"language\":\"eng\",\"text\":\"a\\u0000b\"}"),
             Contains("line 2: NUL character in \"text\""));
  CHECK_THAT(message("{\"language\":\"eng\",\"text\":\"\\ud800\"}"),
             Contains("line 2: not JSON at byte"));
  CHECK_THAT(message("{\"language\":\"eng\",\"text\":\"\xFF\"}"),
             Contains("not UTF-8 at line 2, byte offset 59"));
  for (const char* number : {"0", "-1", "1.5", "\"1\"", "18446744073709551615", "1e3", "null"})
    CHECK_THAT(message(cat("{\"language\":\"eng\",\"text\":\"Two.\",\"sentence\":", number, "}")),
               Contains("line 2: \"sentence\" is not a whole number from 1"));
  CHECK_THAT(message("{\"language\":\"eng\",\"text\":\"Two.\",\"sentence\":1e999}"),
             Contains("line 2: not JSON"));
  CHECK_THAT(message("{\"language\":\"eng\",\"text\":\"Two.\",\"sentence\":1}"),
             Contains("line 2: sentence 1 of eng is on line 1 too"));
  CHECK_THROWS_WITH(load_corpus(folder.write("empty.jsonl", "\n")),
                    Contains("empty.jsonl: no sentence"));
}

TEST_CASE("deep and damaged JSON is refused without harm", "[text]") {
  const ScratchFolder folder;
  const auto deep = folder.write("deep.jsonl", std::string(1 << 20, '['));
  CHECK_THROWS_WITH(load_corpus(deep),
                    Contains("deep.jsonl: line 1: not JSON of fewer than 32 levels"));
  const std::string good = R"({"language": "eng", "text": "One.", "sentence": 1})";
  std::mt19937 random(5);
  for (int round = 0; round < 100; ++round) {
    std::string bad = good;
    bad[random() % bad.size()] = static_cast<char>(random());
    const auto file = folder.write("damaged.jsonl", bad);
    try {
      const Corpus corpus = load_corpus(file);
      REQUIRE(corpus.texts().size() == 1);
    } catch (const Error& error) {
      REQUIRE_THAT(error.what(), Contains("damaged.jsonl") && !Contains("\n"));
    }
  }
}
