#include "tests/support/catch.hpp"

#include "engine/tokenizer/added_tokens.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <random>

using namespace residua;
using namespace residua::tokenizer;
using nlohmann::json;
using reference::field;
using reference::message;

/// Parts of `text` as "text|7|text", with the ids of tokens.
static std::string parts(const std::string& tokens, const std::string& text) {
  const json document = json::parse(tokens);
  const AddedTokens added(field(document), Vocabulary(), nullptr);
  std::string found;
  for (const Part& part : added.split_given(text))
    found +=
        (found.empty() ? "" : "|") + (part.id ? std::to_string(*part.id) : std::string(part.text));
  return found;
}

static std::string one(const std::string& options) {
  return R"([{"id": 7, "content": "<m>", "normalized": false)" + options + "}]";
}

TEST_CASE("matches are the leftmost and the longest", "[tokenizer]") {
  const std::string tokens = R"([{"id": 0, "content": "ab", "normalized": false},
      {"id": 1, "content": "abcd", "normalized": false}, {"id": 2, "content": "bc", "normalized": false},
      {"id": 3, "content": "", "normalized": false}])";
  CHECK(parts(tokens, "xabcdx") == "x|1|x");
  CHECK(parts(tokens, "xabcx") == "x|0|cx");
  CHECK(parts(tokens, "xbcab") == "x|2|0");
  CHECK(parts(tokens, "") == "");
}

TEST_CASE("tokens take white space along if they say so", "[tokenizer]") {
  CHECK(parts(one(""), " a <m> b") == " a |7| b");
  CHECK(parts(one(R"(, "lstrip": true)"), " a \u3000\n<m> b") == " a|7| b");
  CHECK(parts(one(R"(, "rstrip": true)"), "a <m> \u00a0\tb") == "a |7|b");
  CHECK(parts(one(R"(, "lstrip": true, "rstrip": true)"), " <m>  <m> ") == "7|7");
}

// Each of them must not look through all the white space before and behind it.
TEST_CASE("many tokens that take white space along take no quadratic time", "[tokenizer]") {
  const std::string spaces(1 << 17, ' ');
  for (const char* side : {"lstrip", "rstrip"}) {
    const std::string tokens =
        R"([{"id": 7, "content": " ", "normalized": false, ")" + std::string(side) + R"(": true}])";
    const std::string found = parts(tokens, spaces);
    CHECK(found.size() == 2 * spaces.size() - 1);
    CHECK(found.find_first_not_of("7|") == found.npos);
  }
}

TEST_CASE("single words have no word character beside them", "[tokenizer]") {
  const std::string single = one(R"(, "single_word": true)");
  CHECK(parts(single, "<m> -<m>- <m>") == "7| -|7|- |7");
  for (const char* word : {"a", "1", "_", "\u0301", "\u4e2d", "\u200d"}) { // U+200D joins
    CHECK(parts(single, std::string("<m>") + word) == std::string("<m>") + word);
    CHECK(parts(single, std::string(word) + "<m>") == std::string(word) + "<m>");
  }
}

TEST_CASE("normalized tokens are looked for in normalized texts", "[tokenizer]") {
  const auto tokenizer = reference::small(
      R"({"normalizer": {"type": "Replace", "pattern": {"String": "A"}, "content": "a"},
          "added_tokens": [{"id": 3, "content": "[A]", "normalized": true},
                           {"id": 4, "content": "<A>", "normalized": false}]})");
  CHECK(tokenizer->encode("[A]A") == std::vector<int64_t>{3, 0});
  CHECK(tokenizer->encode("[a]") == std::vector<int64_t>{3});
  CHECK(tokenizer->encode("<A>b<a>") == std::vector<int64_t>{4, 1, 0});
  CHECK(tokenizer->decode({3, 4}) == "[A] <A>"); // as stored
}

TEST_CASE("matching agrees with a plain search", "[tokenizer]") {
  std::mt19937 random(3);
  const auto word = [&](std::size_t most) {
    std::string letters;
    for (auto size = random() % most + 1; size > 0; --size)
      letters += static_cast<char>('a' + random() % 2);
    return letters;
  };
  for (int round = 0; round < 500; ++round) {
    TokenMatcher matcher;
    std::vector<std::string> tokens;
    for (int i = 0; i < 4; ++i) {
      tokens.push_back(word(4));
      matcher.add(tokens.back(), i);
    }
    const std::string text = word(30);
    const auto found = matcher.matches(text);
    std::size_t next = 0;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t longest = 0;
      for (const auto& token : tokens)
        if (text.compare(at, token.size(), token) == 0)
          longest = std::max(longest, token.size());
      if (longest > 0) {
        REQUIRE(next < found.size());
        REQUIRE(found[next].span == Span{at, at + longest});
        REQUIRE(tokens[static_cast<std::size_t>(found[next++].number)] == text.substr(at, longest));
      }
      at += std::max<std::size_t>(longest, 1);
    }
    REQUIRE(next == found.size());
  }
}

TEST_CASE("added tokens that contradict the file are refused", "[tokenizer]") {
  const auto of = [](const std::string& tokens) {
    return message([&] { reference::small(R"({"added_tokens": )" + tokens + "}"); });
  };
  CHECK(of(R"([{"id": 0, "content": "x"}])") == "t.json: added_tokens[0] gives 'x' the id 0, but "
                                                "model.vocab has 'a' there; ids must be distinct");
  CHECK(of(R"([{"id": 9, "content": "a"}])") ==
        "t.json: added_tokens[0] gives 'a' the id 9, but model.vocab has the id 0 for it; ids must "
        "be distinct");
  CHECK(of(R"([{"id": 9, "content": "x"}, {"id": 9, "content": "y"}])") ==
        "t.json: added_tokens[1] repeats the token 'y' or its id 9; list each once");
  CHECK(of(R"([{"id": 16777216, "content": "x"}])") ==
        "t.json: added_tokens[0].id is 16777216, outside 0 to 16777215");
  CHECK(of(R"([{"id": 9, "content": ")" + std::string(1025, 'x') + R"("}])") ==
        "t.json: added_tokens[0] has 1025 bytes; at most 1024 are supported");
  const std::string grows =
      R"({"normalizer": {"type": "Replace", "pattern": {"String": "x"}, "content": ")" +
      std::string(500, 'y') + R"("}, "added_tokens": [{"id": 9, "content": "xxx"}]})";
  CHECK(message([&] { reference::small(grows); }) ==
        "t.json: added_tokens[0] has 1500 bytes; at most 1024 are supported");
  json many = json::array();
  for (int id = 1000; id < 1000 + 4097; ++id)
    many.push_back({{"id", id}, {"content", std::to_string(id) + std::string(1020, 'x')}});
  CHECK(
      message([&] { AddedTokens(field(many), Vocabulary(), nullptr); }) ==
      "t.json: it[4096] makes the added tokens longer than 4194304 bytes together; leave some out");
  CHECK(of(R"([{"id": 9}])").starts_with("t.json: added_tokens[0] has no field 'content'; "));
  CHECK(of(R"([{"id": 0, "content": "a"}, {"id": 1000, "content": "x"}])") == "");
}
