// The summary of a tokenizer against the tokenizer itself, and against literals.

#include "tests/support/catch.hpp"

#include "engine/tokenizer/tokenizer.hpp"
#include "engine/tokenizer/tokenizer_summary.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

using namespace residua;
using Catch::Matchers::Contains;

static std::optional<TokenizerSummary> summary_of(const std::string& json) {
  const ScratchFolder folder;
  folder.write("tokenizer.json", json);
  return summarize_tokenizer(folder.path());
}

TEST_CASE("the summary says what the tokenizer says", "[tokenizer]") {
  for (const auto& entry : std::filesystem::directory_iterator(golden::path("tokenizer"))) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".tokenizer.json"))
      continue;
    INFO(file);
    const ScratchFolder folder;
    std::filesystem::copy(entry.path(), folder.path() / "tokenizer.json");
    const auto tokenizer = Tokenizer::load(entry.path());
    CHECK(summarize_tokenizer(folder.path())->vocab == tokenizer->vocab_size());
    CHECK(tokenizer->describe().starts_with(summarize_tokenizer(folder.path())->kind));
  }
}

TEST_CASE("vocabularies that are lists, added tokens, odd files", "[tokenizer]") {
  const auto unigram =
      summary_of(R"({"model": {"vocab": [["a", -1], ["b", -2.5], ["c", 0]], "type": "Unigram"}})");
  CHECK(unigram->kind == "Unigram");
  CHECK(unigram->vocab == 3);
  const auto bpe = summary_of(R"({"type": "no", "added_tokens": [{"id": 9, "content": "x"}],
    "decoder": {"type": "ByteLevel", "id": 70, "vocab": {"a": 80}},
    "model": {"type": "BPE", "vocab": {"type": 1, "b": 0}, "merges": [["a", "b"]], "x": [60]}})");
  CHECK(bpe->kind == "BPE");
  CHECK(bpe->vocab == 10);
  CHECK(summary_of("{}")->kind == "unknown");
  CHECK(summary_of("[[[[7]]]]")->vocab == 0);
  CHECK(summary_of(std::string(100000, '[') + std::string(100000, ']'))->vocab == 0);
}

TEST_CASE("a folder without tokenizer.json", "[tokenizer]") {
  const ScratchFolder folder;
  CHECK_FALSE(summarize_tokenizer(folder.path()));
  folder.write("tokenizer.model", "");
  CHECK(summarize_tokenizer(folder.path())->kind == "SentencePiece");
  CHECK_FALSE(summarize_tokenizer(folder.path())->vocab);
}

TEST_CASE("a tokenizer.json that is no JSON", "[tokenizer]") {
  CHECK_THAT(message_of([] { summary_of("{\"model\": "); }),
             Contains("tokenizer.json: not valid JSON at byte 11; check or download"));
  CHECK_THAT(message_of([] { summary_of("\xff"); }), Contains("not valid JSON at byte 1"));
  CHECK_THAT(message_of([] { summary_of("{\"a\": 1e999}"); }), Contains("not valid JSON at byte"));
}
