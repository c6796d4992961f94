#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/text/utf8.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <random>

using namespace residua;
using reference::golden;
using reference::message;
using reference::read;
using Ids = std::vector<int64_t>;

// Expected: Hugging Face tokenizers, tests/golden/make_tokenizers.py.
TEST_CASE("ids and decoded texts are Hugging Face's", "[tokenizer]") {
  const std::string name = GENERATE("byte_level", "byte_fallback", "unknown", "split", "added");
  CAPTURE(name);
  const auto tokenizer = Tokenizer::load(golden(name + ".tokenizer.json"));
  const auto cases = read(golden(name + ".cases.json"));
  REQUIRE(cases.size() > 100);
  for (const auto& row : cases) {
    const auto text = row["text"].get<std::string>();
    const auto ids = row["ids"].get<Ids>();
    CAPTURE(text);
    CHECK(tokenizer->encode(text) == ids);
    CHECK(tokenizer->encode(text, false) == row["plain"].get<Ids>());
    CHECK(tokenizer->decode(ids) == row["decoded"].get<std::string>());
    CHECK(tokenizer->decode(ids, false) == row["whole"].get<std::string>());
  }
}

TEST_CASE("a byte-level tokenizer loses nothing", "[tokenizer]") {
  const std::string name = GENERATE("byte_level", "split");
  const auto tokenizer = Tokenizer::load(golden(name + ".tokenizer.json"));
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (auto size = random() % 60; size > 0; --size)
      bytes += static_cast<char>(random() % 4 == 0 ? ' ' : random() % 256);
    // Valid texts only; what is no UTF-8 is cut off.
    const std::string text = bytes.substr(0, utf8::first_invalid(bytes).value_or(bytes.size()));
    CHECK(tokenizer->decode(tokenizer->encode(text)) == text);
  }
}

TEST_CASE("the ids of stories260K decode to its text", "[tokenizer]") {
  const auto folder = reference::data("models/stories260K");
  if (!folder)
    return;
  const auto tokenizer = Tokenizer::load(*folder / "tokenizer.json");
  const auto expected = read(*folder / "reference.json");
  const auto ids = expected["greedy_ids"].get<Ids>();
  const auto text = expected["text"].get<std::string>();
  CHECK(tokenizer->decode(ids) == text);
  CHECK(tokenizer->encode(text) == ids);
  CHECK(tokenizer->vocab_size() == 512);
}

TEST_CASE("a tokenizer knows its tokens", "[tokenizer]") {
  const auto tokenizer = Tokenizer::load(golden("split.tokenizer.json"));
  CHECK(tokenizer->vocab_size() == 506);
  CHECK(tokenizer->describe() == "BPE with whole words first, 506 tokens, 2 special");
  CHECK(tokenizer->id_of("<s>") == 504);
  CHECK(tokenizer->token(504) == "<s>");
  CHECK(tokenizer->id_of("waterfall") == 503);
  CHECK(tokenizer->token(503) == "waterfall");
  CHECK_FALSE(tokenizer->id_of("nothing like this"));
  for (const int64_t id : {-1, 506})
    CHECK(message([&] { tokenizer->token(id); }) ==
          cat("token id ", id, " is not in the vocabulary; ids are 0 to 505"));
  CHECK_THROWS(tokenizer->decode({0, 506}));
}

TEST_CASE("digests name the content, not the spelling", "[tokenizer]") {
  const auto digest = [](const std::string& changes) {
    return reference::small(changes)->digest();
  };
  const std::string plain = digest("{}");
  CHECK(plain.size() == 32);
  CHECK(Tokenizer::parse(R"({ "model" : {"merges": ["a b"], "vocab": {"b": 1, "ab": 2, "\u0061": 0},
      "type": "BPE"}})",
                         "other.json")
            ->digest() == plain);
  CHECK(digest(R"({"model": {"ignore_merges": true}})") != plain);
  CHECK(digest(R"({"model": {"vocab": {"c": 3}}})") != plain);
}

TEST_CASE("text that is no UTF-8 is refused at its byte", "[tokenizer]") {
  const auto tokenizer = reference::small();
  CHECK(message([&] { tokenizer->encode("ab\x80"); }) ==
        "text to encode: invalid UTF-8 at byte 2; convert the text to UTF-8");
  CHECK(message([&] { tokenizer->encode("\xED\xA0\x80"); }) ==
        "text to encode: invalid UTF-8 at byte 0; convert the text to UTF-8");
  CHECK(message([&] { tokenizer->encode(std::string((64 << 20) + 1, 'a')); }) ==
        "the text has, or becomes in tokenizing, more than 67108864 bytes; split the text, or "
        "check the steps "
        "in tokenizer.json");
}

TEST_CASE("files that are no tokenizer are refused", "[tokenizer]") {
  const auto of = [](const std::string& json) {
    return message([&] { Tokenizer::parse(json, "t.json"); });
  };
  CHECK(of("[]") == "t.json: the document is of type array; it must be an object");
  CHECK(of("{}") ==
        "t.json: the document has no field 'model'; use a file written by Hugging Face tokenizers");
  CHECK(of(R"({"model": null})") == "t.json: model is null; a tokenizer needs a model");
  CHECK(of(R"({"model": {"type": "WordPiece"}})") ==
        "t.json: model 'WordPiece' is not supported; supported are BPE, Unigram");
  CHECK(of(R"({"model": {"type": "BPE"}})").starts_with("t.json: model has no field 'vocab'; "));
  CHECK(of(R"({"model": {"vocab": {}, "merges": []}, "pre_tokenizer": {"type": "Meta\nspace"}})") ==
        "t.json: pre_tokenizer 'Meta?space' is not supported; supported are ByteLevel, Digits, "
        "Metaspace, Punctuation, Sequence, Split, Whitespace, WhitespaceSplit");
  CHECK(of(R"({"model": {"vocab": {}, "merges": []}})") == ""); // as old files leave the type out
  CHECK_THROWS_WITH(Tokenizer::load("no/such/tokenizer.json"),
                    "no/such/tokenizer.json: no such file; check the path");
}

// Any change of a byte gives an Error or a tokenizer that works: never a crash.
TEST_CASE("damaged files crash nothing", "[tokenizer]") {
  const std::string whole = read_file(golden("byte_fallback.tokenizer.json"));
  std::mt19937 random(13);
  int loaded = 0;
  for (int round = 0; round < 300; ++round) {
    std::string damaged = whole;
    for (auto count = random() % 3 + 1; count > 0; --count)
      damaged[random() % damaged.size()] = R"(0179"[]{},:-ntf \u)"[random() % 17];
    if (round % 10 == 0)
      damaged.resize(random() % damaged.size());
    try {
      const auto tokenizer = Tokenizer::parse(damaged, "t.json");
      CHECK_FALSE(
          utf8::first_invalid(tokenizer->decode(tokenizer->encode("The kettle \u6c34 <s>"))));
      ++loaded;
    } catch (const Error& e) {
      CHECK(std::string(e.what()).find('\n') == std::string::npos);
    }
  }
  CHECK(loaded > 5);
  CHECK(loaded < 290);
}

TEST_CASE("encoding can be interrupted", "[tokenizer]") {
  const auto tokenizer =
      reference::small(R"({"added_tokens": [{"id": 3, "content": "x", "normalized": false}]})");
  interrupt::request();
  CHECK_THROWS_AS(tokenizer->encode(std::string(10000, 'a')), Interrupted);
  CHECK(tokenizer->encode("aab") == Ids{0, 2}); // and goes on
}
