// Metaspace, and the pre-tokenizers that cut at classes of characters. Expected: Hugging Face
// tokenizers.

#include "tests/support/catch.hpp"

#include "engine/tokenizer/metaspace.hpp"
#include "tests/engine/tokenizer/reference.hpp"

using namespace residua;
using namespace residua::tokenizer;
using nlohmann::json;
using reference::field;
using reference::message;
using Pieces = std::vector<std::string>;

static Pieces split(const json& description, const std::string& text, bool first = true) {
  std::vector<Word> words;
  make_pretokenizer(field(description))->split({text, first}, words);
  Pieces pieces;
  for (const Word& word : words) {
    CHECK(word.first == (first && &word == &words[0]));
    pieces.push_back(word.text);
  }
  return pieces;
}

static json metaspace(const std::string& scheme, bool cut = true,
                      const std::string& sign = "\u2581") {
  return {{"type", "Metaspace"}, {"replacement", sign}, {"prepend_scheme", scheme}, {"split", cut}};
}

TEST_CASE("spaces become signs that begin words", "[tokenizer]") {
  CHECK(split(metaspace("always"), "a b  c") == Pieces{"\u2581a", "\u2581b", "\u2581", "\u2581c"});
  CHECK(split(metaspace("always"), "\u2581a b") == Pieces{"\u2581a", "\u2581b"});
  CHECK(split(metaspace("always"), "a", false) == Pieces{"\u2581a"});
  CHECK(split(metaspace("never"), "a b") == Pieces{"a", "\u2581b"});
  CHECK(split(metaspace("first"), "a") == Pieces{"\u2581a"});
  CHECK(split(metaspace("first"), "a", false) == Pieces{"a"});
  CHECK(split(metaspace("always", false), " a b") == Pieces{"\u2581a\u2581b"});
  CHECK(split(metaspace("always", true, "_"), "a_b c") == Pieces{"_a", "_b", "_c"});
}

TEST_CASE("files of all ages say whether a sign comes first", "[tokenizer]") {
  const auto of = [](json description) {
    description.update({{"type", "Metaspace"}, {"replacement", "_"}});
    return split(description, "a");
  };
  CHECK(of(json::object()) == Pieces{"_a"});
  CHECK(of({{"add_prefix_space", true}}) == Pieces{"_a"});
  CHECK(of({{"add_prefix_space", false}}) == Pieces{"a"});
  CHECK(of({{"add_prefix_space", false}, {"prepend_scheme", "never"}}) == Pieces{"a"});
  CHECK(of({{"add_prefix_space", true}, {"prepend_scheme", "never"}}) == Pieces{"a"});
  CHECK(message([&] {
          of({{"add_prefix_space", false}, {"prepend_scheme", "first"}});
        }) == "t.json: it.prepend_scheme contradicts add_prefix_space; correct one of them");
  CHECK(message([&] {
          of({{"prepend_scheme", "last"}});
        }) ==
        "t.json: it.prepend_scheme 'last' is not supported; supported are always, first, never");
  CHECK(message([] { split(metaspace("always", true, "ab"), "a"); }) ==
        "t.json: it.replacement is not one character; Metaspace takes one");
}

TEST_CASE("signs become spaces again", "[tokenizer]") {
  const auto decode = [](const std::string& scheme) {
    const json description = metaspace(scheme);
    return make_metaspace_decoder(field(description))
        ->decode({"\u2581a\u2581b", "\u2581c", "d\u2581"});
  };
  CHECK(decode("always") == Pieces{"ab", " c", "d "});
  CHECK(decode("first") == Pieces{"ab", " c", "d "});
  CHECK(decode("never") == Pieces{" a b", " c", "d "});
}

TEST_CASE("classes of characters part words", "[tokenizer]") {
  CHECK(split({{"type", "Punctuation"}}, "a,b..c$x\u3002") ==
        Pieces{"a", ",", "b", ".", ".", "c", "$", "x", "\u3002"});
  CHECK(split({{"type", "Punctuation"}, {"behavior", "MergedWithPrevious"}}, "a,b..c") ==
        Pieces{"a,", "b.", ".", "c"});
  CHECK(split({{"type", "Whitespace"}}, "a_b, c.. \u200d\u00e9\u0301") ==
        Pieces{"a_b", ",", "c", "..", "\u200d\u00e9\u0301"});
  CHECK(split({{"type", "WhitespaceSplit"}}, "a\u00a0b\u2003\nc") == Pieces{"a", "b", "c"});
  CHECK(split({{"type", "WhitespaceSplit"}}, " \t") == Pieces{});
  CHECK(message([] {
          split({{"type", "Punctuation"}, {"behavior", "x"}}, "a");
        }).starts_with("t.json: it.behavior 'x' is not supported; "));
}

// The second word does not begin the text, nor does the first one behind a space.
TEST_CASE("only one word begins a text", "[tokenizer]") {
  const json chain = {{"type", "Sequence"},
                      {"pretokenizers", {{{"type", "WhitespaceSplit"}}, metaspace("first")}}};
  CHECK(split(chain, "a a") == Pieces{"\u2581a", "a"});
  std::vector<Word> words;
  make_pretokenizer(field(chain))->split({" a", true}, words);
  REQUIRE(words.size() == 1);
  CHECK(words[0].text == "a");
}
