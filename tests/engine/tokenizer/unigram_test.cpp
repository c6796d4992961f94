#include "tests/support/catch.hpp"

#include "engine/interrupt.hpp"
#include "engine/tokenizer/unigram.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <random>
#include <set>

using namespace residua;
using namespace residua::tokenizer;
using nlohmann::json;
using reference::field;
using reference::message;
using Ids = std::vector<int64_t>;

using Pieces = std::vector<std::pair<std::string, double>>; // JSON: [["text", score], ...]

static std::unique_ptr<const Model> model(const Pieces& vocabulary, const json& changes = {}) {
  json description = {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", vocabulary}};
  if (!changes.is_null())
    description.update(changes);
  return make_unigram(field(description));
}

static Ids encode(const Model& unigram, const std::string& word) {
  Ids ids, again;
  unigram.encode(word, ids);
  unigram.encode(word, again); // from the cache
  CHECK(again == ids);
  return ids;
}

static const Pieces kPieces = {{"<unk>", 0.0}, {"a", -1.0},    {"b", -2.0},    {"ab", -2.5},
                               {"bc", -9.0},   {"abab", -5.5}, {"\u00e9", -3}, {"", -1}};

// Expected: Hugging Face tokenizers.
TEST_CASE("the path with the greatest sum of scores wins", "[tokenizer]") {
  const auto unigram = model(kPieces);
  CHECK(encode(*unigram, "ab") == Ids{3});
  CHECK(encode(*unigram, "abab") == Ids{3, 3});
  CHECK(encode(*unigram, "abc") == Ids{1, 4});
  CHECK(encode(*unigram, "xyz") == Ids{0}); // unknown characters are one token
  CHECK(encode(*unigram, "axya") == Ids{1, 0, 1});
  CHECK(encode(*unigram, "<unk>x") == Ids{0});
  CHECK(encode(*unigram, "\u00e9ab") == Ids{6, 3});
  CHECK(encode(*unigram, "").empty());
  CHECK(unigram->describe() == "Unigram");
}

TEST_CASE("unknown characters become their bytes if the file says so", "[tokenizer]") {
  Pieces vocabulary = {{"<unk>", 0.0}, {"a", -1.0}};
  for (const char* digits = "0123456789ABCDEF"; const char high : std::string(digits))
    for (const char low : std::string(digits))
      vocabulary.push_back({cat("<0x", high, low, ">"), 0.0});
  const auto unigram = model(vocabulary, {{"byte_fallback", true}});
  CHECK(encode(*unigram, "\u00e9") == Ids{0xC3 + 2, 0xA9 + 2});
  CHECK(encode(*unigram, "a\u00e9a") == Ids{1, 0xC3 + 2, 0xA9 + 2, 1});
  CHECK(encode(*unigram, "<unk>") == Ids{0});
  CHECK(encode(*unigram, "x<unk>") == Ids{'x' + 2, '<' + 2, 'u' + 2, 'n' + 2, 'k' + 2, '>' + 2});
  CHECK(unigram->describe() == "Unigram with byte fallback");
}

TEST_CASE("a piece that is listed twice counts where it comes last", "[tokenizer]") {
  const auto unigram = model({{"<unk>", 0.0}, {"a", -1.0}, {"a", -3.0}, {"b", -1.0}});
  CHECK(encode(*unigram, "ab") == Ids{2, 3});
  CHECK(*unigram->vocabulary().token(1) == "a");
  CHECK(*unigram->vocabulary().token(2) == "a");
  CHECK(unigram->vocabulary().find("a") == 2);
}

/// The best sum over all ways to cut `word`, and how to reach it, by trying them all.
static double best_sum(const Pieces& pieces, const std::string& word, double unknown) {
  if (word.empty())
    return 0;
  double best = -1e9;
  bool single = false;
  for (std::size_t id = 1; id < pieces.size(); ++id) {
    const auto& [text, score] = pieces[id];
    if (!text.empty() && word.starts_with(text)) {
      best = std::max(best, score + best_sum(pieces, word.substr(text.size()), unknown));
      single = single || text.size() == 1;
    }
  }
  return single ? best : std::max(best, unknown + best_sum(pieces, word.substr(1), unknown));
}

TEST_CASE("no other path has a greater sum", "[tokenizer]") {
  std::mt19937 random(6);
  for (int round = 0; round < 200; ++round) {
    Pieces pieces = {{"<unk>", 0.0}};
    std::set<std::string> seen;
    for (int i = 0; i < 8; ++i) {
      std::string text;
      for (auto size = random() % 4 + 1; size > 0; --size)
        text += static_cast<char>('a' + random() % 3);
      if (seen.insert(text).second)
        pieces.push_back({text, -static_cast<double>(random() % 1000) / 100});
    }
    double least = 0;
    for (const auto& [piece, score] : pieces)
      least = std::min(least, score);
    std::string word;
    for (auto size = random() % 9 + 1; size > 0; --size)
      word += static_cast<char>('a' + random() % 4);
    const auto unigram = model(pieces);
    double sum = 0;
    std::size_t covered = 0;
    for (const int64_t id : encode(*unigram, word)) {
      const auto& [piece, score] = pieces[static_cast<std::size_t>(id)];
      sum += id == 0 ? 0 : score;
      covered += id == 0 ? 0 : piece.size();
    }
    sum += static_cast<double>(word.size() - covered) * (least - 10);
    CHECK(sum == Approx(best_sum(pieces, word, least - 10)).margin(1e-9));
  }
}

TEST_CASE("models that cannot be meant are refused", "[tokenizer]") {
  CHECK(message([] {
          model({}, {{"vocab", {json::array({"b"})}}});
        }) == R"(t.json: it.vocab[0] is no piece; write ["text", score])");
  CHECK(message([] {
          model({{"a", -1.0}}, {{"unk_id", 1}});
        }) == "t.json: it.unk_id is 1, outside 0 to 0");
  CHECK(message([] {
          model({{"a", -1.0}}, {{"nbest_size", 4}});
        }) == "t.json: it.nbest_size is not supported; use a tokenizer without it (null)");
  CHECK(message([] {
          model({{std::string(1025, 'a'), -1.0}});
        }) == "t.json: it.vocab[0] has 1025 bytes, together 1025; at most 1024 and 33554432 are "
              "supported");
  const auto unigram = model({{"a", -1.0}}, {{"unk_id", nullptr}});
  CHECK(encode(*unigram, "aa") == Ids{0, 0});
  CHECK(message([&] { encode(*unigram, "ab"); }) ==
        "t.json: it.vocab has no piece for 'b', and unk_id is null; name the unknown token by "
        "unk_id");
}

TEST_CASE("a long search can be interrupted", "[tokenizer]") {
  const auto unigram = model(kPieces);
  interrupt::request();
  Ids ids;
  CHECK_THROWS_AS(unigram->encode(std::string(10000, 'a'), ids), Interrupted);
}
