#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/bpe.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <random>

using namespace residua;
using namespace residua::tokenizer;
using nlohmann::json;
using reference::field;
using reference::message;
using Ids = std::vector<int64_t>;

namespace {

/// A model over a few letters with random merges, and the rules as text in rank order.
struct RandomModel {
  std::unique_ptr<const Model> model;
  std::vector<std::pair<std::string, std::string>> rules;
  json document;
};

RandomModel random_model(std::mt19937& random) {
  RandomModel made;
  std::vector<std::string> tokens{"a", "b", "\u00e9"};
  json vocab;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    vocab[tokens[i]] = i;
  json merges = json::array();
  for (int i = 0; i < 12; ++i) {
    const std::string left = tokens[random() % tokens.size()];
    const std::string right = tokens[random() % tokens.size()];
    if (vocab.contains(left + right))
      continue;
    vocab[left + right] = tokens.size();
    tokens.push_back(left + right);
    made.rules.emplace_back(left, right);
    merges.push_back({left, right});
  }
  made.document = {{"vocab", vocab}, {"merges", merges}};
  made.model = make_bpe(field(made.document));
  return made;
}

/// Byte-pair encoding as its definition reads: the first rule that applies anywhere, at its
/// leftmost place.
Ids by_definition(const RandomModel& made, std::vector<std::string> tokens) {
  for (bool merged = true; merged;) {
    merged = false;
    for (const auto& [left, right] : made.rules) {
      for (std::size_t i = 0; i + 1 < tokens.size() && !merged; ++i) {
        if (tokens[i] != left || tokens[i + 1] != right)
          continue;
        tokens[i] += right;
        tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        merged = true;
      }
      if (merged)
        break;
    }
  }
  Ids ids;
  for (const auto& token : tokens)
    ids.push_back(made.document["vocab"][token].get<int64_t>());
  return ids;
}

Ids encode(const std::string& model, const std::string& word) {
  const json document = json::parse(model);
  Ids ids;
  make_bpe(field(document))->encode(word, ids);
  return ids;
}

} // namespace

TEST_CASE("merges are those of the definition", "[tokenizer]") {
  std::mt19937 random(11);
  const std::vector<std::string> letters{"a", "b", "\u00e9"};
  for (int round = 0; round < 200; ++round) {
    const RandomModel made = random_model(random);
    for (int text = 0; text < 20; ++text) {
      std::vector<std::string> characters(random() % 40);
      std::string word;
      for (auto& character : characters)
        word += character = letters[random() % letters.size()];
      Ids ids, again;
      made.model->encode(word, ids);
      made.model->encode(word, again); // from the cache
      REQUIRE(ids == by_definition(made, characters));
      REQUIRE(again == ids);
    }
  }
}

TEST_CASE("a word of a million letters is encoded", "[tokenizer]") {
  json vocab = {{"a", 0}};
  json merges = json::array();
  std::string token = "a";
  for (int i = 1; i <= 10; ++i) {
    merges.push_back({token, token});
    token += token;
    vocab[token] = i;
  }
  const json document = {{"vocab", vocab}, {"merges", merges}};
  Ids ids;
  make_bpe(field(document))->encode(std::string((1 << 20) + 3, 'a'), ids);
  Ids expected(1 << 10, 10);
  expected.insert(expected.end(), {1, 0});
  CHECK(ids == expected);
}

TEST_CASE("unknown characters", "[tokenizer]") {
  const std::string vocab = R"("vocab": {"a": 0, "?": 1, "<0xC3>": 2, "<0xA9>": 3}, "merges": [])";
  CHECK(encode("{" + vocab + "}", "axya") == Ids{0, 0});
  CHECK(encode(R"({"unk_token": "?", )" + vocab + "}", "axya") == Ids{0, 1, 1, 0});
  CHECK(encode(R"({"unk_token": "?", "fuse_unk": true, )" + vocab + "}", "xyax") == Ids{1, 0, 1});
  const std::string fallback =
      R"({"unk_token": "?", "fuse_unk": true, "byte_fallback": true, )" + vocab + "}";
  CHECK(encode(fallback, "x\u00e9xa") == Ids{1, 2, 3, 1, 0});
  CHECK(encode(fallback, "\u00e8") == Ids{1}); // not all of its bytes have a token
}

TEST_CASE("a whole word may come before merges", "[tokenizer]") {
  const std::string rest = R"("vocab": {"a": 0, "b": 1, "ab": 2, "abb": 3}, "merges": ["a b"]})";
  CHECK(encode("{" + rest, "abb") == Ids{2, 1});
  CHECK(encode(R"({"ignore_merges": true, )" + rest, "abb") == Ids{3});
  CHECK(encode(R"({"ignore_merges": true, )" + rest, "abba") == Ids{2, 1, 0});
}

TEST_CASE("the cache of words is bounded and changes nothing", "[tokenizer]") {
  const json document = json::parse(R"({"vocab": {"0": 0, "1": 1, "01": 2}, "merges": ["0 1"]})");
  const auto model = make_bpe(field(document));
  Ids first, last;
  model->encode("0110", first);
  for (int word = 0; word < 140000; ++word) { // more words than are kept
    std::string bits;
    for (int bit = 0; bit < 18; ++bit)
      bits += (word >> bit) & 1 ? '1' : '0';
    Ids ids;
    model->encode(bits, ids);
  }
  model->encode("0110", last);
  CHECK(first == Ids{2, 1, 0});
  CHECK(last == first);
}

TEST_CASE("models that contradict themselves are refused", "[tokenizer]") {
  const auto of = [](const std::string& model) { return message([&] { encode(model, "a"); }); };
  CHECK(of(R"({"vocab": {"a": 0, "b": 0}, "merges": []})") ==
        "t.json: it.vocab gives the id 0 to both 'a' and 'b'; ids must be distinct");
  for (const char* id : {"-1", "16777216", "1.5", "\"1\"", "null"})
    CHECK(of(cat(R"({"vocab": {"a": )", id, R"(}, "merges": []})")) ==
          "t.json: it.vocab gives 'a' an id that is no integer in 0 to 16777215; correct the id");
  CHECK(of(R"({"vocab": {"a": 0}, "merges": ["a a"]})") ==
        "t.json: it.merges[0] needs the token 'aa', which is not in model.vocab; the vocabulary "
        "and the merges "
        "must be of one tokenizer");
  for (const char* rule : {"\"aa\"", "\"a a a\"", "[\"a\"]", "[\"a\", 1]", "7"})
    CHECK(
        of(cat(R"({"vocab": {"a": 0}, "merges": [)", rule, "]}")) ==
        "t.json: it.merges[0] is no pair of tokens; write \"left right\" or [\"left\", \"right\"]");
  CHECK(of(R"({"vocab": [], "merges": []})") ==
        "t.json: it.vocab is of type array; it must be an object");
  CHECK(of(R"({"vocab": {"a": 0}, "merges": [], "dropout": 0.1})") ==
        "t.json: it.dropout is not supported; use a tokenizer without it (null)");
  CHECK(of(R"({"vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"})") ==
        "t.json: it.end_of_word_suffix is not supported; use a tokenizer without it (null)");
  CHECK(of(R"({"vocab": {"a": 0}, "merges": [], "unk_token": "?"})") ==
        "t.json: it.unk_token names '?', which is not in the vocabulary; add it to model.vocab, or "
        "set null");
}
