#include "tests/support/catch.hpp"

#include "engine/interrupt.hpp"
#include "engine/tokenizer/bpe_trainer.hpp"
#include "engine/tokenizer/merge_learner.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <cmath>
#include <map>
#include <random>

using namespace residua;
using namespace residua::tokenizer;
using nlohmann::json;
using reference::message;
using Words = std::vector<std::pair<std::vector<int32_t>, int64_t>>;
using Pair = std::pair<int32_t, int32_t>;

namespace {

/// The most frequent pair of all words, counted anew; the smaller one among equals.
Pair most_frequent(const Words& words) {
  std::map<Pair, int64_t> counts;
  for (const auto& [word, count] : words)
    for (std::size_t i = 0; i + 1 < word.size(); ++i)
      counts[{word[i], word[i + 1]}] += count;
  Pair best{-1, -1};
  for (const auto& [pair, count] : counts)
    if (best.first < 0 || count > counts[best])
      best = pair;
  return best;
}

void merge(Words& words, Pair pair, int32_t merged) {
  for (auto& [word, count] : words) {
    std::vector<int32_t> next;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const bool here = i + 1 < word.size() && Pair{word[i], word[i + 1]} == pair;
      next.push_back(here ? merged : word[i]);
      i += here ? 1 : 0;
    }
    word = next;
  }
}

std::vector<std::string> sentences() {
  return reference::read(reference::golden("sentences.json")).get<std::vector<std::string>>();
}

} // namespace

TEST_CASE("pairs are learned as by counting anew each time", "[tokenizer]") {
  std::mt19937 random(17);
  for (int round = 0; round < 100; ++round) {
    Words words;
    MergeLearner learner;
    for (int i = 0; i < 30; ++i) {
      std::vector<int32_t> word(random() % 12);
      for (auto& token : word)
        token = static_cast<int32_t>(random() % 3);
      words.emplace_back(word, random() % 5 + 1);
      learner.add(word, words.back().second);
    }
    learner.count_pairs();
    int32_t merged = 3;
    for (Pair pair = most_frequent(words); pair.first >= 0; pair = most_frequent(words)) {
      REQUIRE(learner.most_frequent() == pair);
      learner.merge(pair, merged);
      merge(words, pair, merged++);
    }
    REQUIRE_FALSE(learner.most_frequent());
  }
}

TEST_CASE("a pair may make a token that there is already", "[tokenizer]") {
  MergeLearner learner;
  learner.add({0, 1, 2}, 3);
  learner.add({0, 3}, 1); // 3 stands for 1 2, and 4 for 0 1 2
  learner.add({4, 5}, 1);
  learner.count_pairs();
  learner.merge({0, 1}, 6);
  learner.merge({6, 2}, 4);
  learner.merge({0, 3}, 4);
  CHECK(learner.most_frequent() == Pair{4, 5});
  CHECK_FALSE(learner.most_frequent());
}

// Expected: Hugging Face's BpeTrainer, tests/golden/make_tokenizers.py.
TEST_CASE("training gives Hugging Face's tokenizer", "[tokenizer]") {
  const json expected = reference::read(reference::golden("byte_level.tokenizer.json"));
  const json trained = json::parse(train_byte_bpe(sentences(), 700, {"<s>", "</s>", "<pad>"}));
  CHECK((trained["model"]["vocab"] == expected["model"]["vocab"]));
  CHECK((trained["model"]["merges"] == expected["model"]["merges"]));
  CHECK((trained == expected)); // not shown whole
}

TEST_CASE("a trained tokenizer encodes what it was trained on", "[tokenizer]") {
  const auto texts = sentences();
  const auto tokenizer = Tokenizer::parse(train_byte_bpe(texts, 400, {"<s>"}), "trained");
  CHECK(tokenizer->vocab_size() == 400);
  CHECK(tokenizer->describe() == "BPE, 400 tokens, 1 special");
  for (const auto& text : texts) {
    const auto ids = tokenizer->encode(text);
    CHECK(ids.front() == 0);
    CHECK(tokenizer->decode(ids) == text);
  }
}

TEST_CASE("without special tokens bytes come first, in the order of their symbols", "[tokenizer]") {
  const auto tokenizer = Tokenizer::parse(train_byte_bpe({"aaaa"}, 1000, {}), "trained");
  CHECK(tokenizer->token(0) == "!");
  CHECK(tokenizer->token(94) == "\u00a1");
  CHECK(tokenizer->token(255) == "\u0143");
  CHECK(tokenizer->token(256) == "aa");
  CHECK(tokenizer->token(257) == "aaaa");
  CHECK(tokenizer->vocab_size() == 258); // nothing is left to merge
  CHECK(tokenizer->encode("aaaaa") == std::vector<int64_t>{257, 64});
}

TEST_CASE("a weight counts a text as often", "[tokenizer]") {
  const std::vector<std::string> texts{"low lower", "newest widest", "lowest"};
  const std::vector<std::string> repeated{"low lower", "newest widest", "newest widest",
                                          "newest widest"};
  CHECK(train_byte_bpe(texts, 270, {"<s>"}, {1, 3, 0}) == train_byte_bpe(repeated, 270, {"<s>"}));
  CHECK(train_byte_bpe({"ab", "ab"}, 270, {}, {0.3, 0.3}) == train_byte_bpe({"ab"}, 270, {}));
  CHECK(train_byte_bpe({"ab"}, 270, {}, {0.4}) == train_byte_bpe({}, 270, {}));
}

TEST_CASE("training refuses what it cannot use", "[tokenizer]") {
  const auto of = [](const std::vector<std::string>& texts, int size,
                     const std::vector<std::string>& special,
                     const std::vector<double>& weights = {}) {
    return message([&] { train_byte_bpe(texts, size, special, weights); });
  };
  CHECK(of({"a"}, 256, {"<s>"}) ==
        "vocab_size 256 is not in 257 to 16777215; special tokens and the 256 bytes come first");
  CHECK(of({"a"}, -1, {}).starts_with("vocab_size -1 is not in 256 to"));
  CHECK(of({"a", "b\xFF"}, 300, {}) ==
        "text 2 to train on: invalid UTF-8 at byte 1; convert it to UTF-8");
  CHECK(of({"a"}, 300, {"<s>", "<s>"}) ==
        "special token '<s>' is empty or given twice; name each special token once");
  CHECK(of({"a"}, 300, {""}) ==
        "special token '' is empty or given twice; name each special token once");
  CHECK(of({"a"}, 300, {"\xFF"}) == "special token '\xEF\xBF\xBD' is not valid UTF-8; correct it");
  CHECK(of({"a"}, 300, {}, {1, 2}) ==
        "texts to train on: 1 texts but 2 weights; give one weight per text, or none");
  CHECK(of({"a"}, 300, {}, {-1}) ==
        "text 1 to train on: the weight -1 is not in 0 to 1e+09; use numbers around 1");
  CHECK(of({"a"}, 300, {}, {NAN}).starts_with("text 1 to train on: the weight nan is not in"));
}

TEST_CASE("training can be interrupted", "[tokenizer]") {
  interrupt::request();
  CHECK_THROWS_AS(train_byte_bpe({"a"}, 300, {}), Interrupted);
}
