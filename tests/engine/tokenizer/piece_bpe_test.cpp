#include "tests/support/catch.hpp"

#include "engine/tokenizer/piece_bpe.hpp"
#include "tests/engine/tokenizer/piece_bytes.hpp"
#include "tests/engine/tokenizer/reference.hpp"

#include <random>
#include <set>

using namespace residua;
using namespace residua::reference;
using namespace residua::tokenizer;
using Ids = std::vector<int64_t>;

static PieceBpe model(const std::string& pieces, bool byte_fallback = false) {
  return {parse_piece_file(usual_pieces() + pieces + trainer(2, byte_fallback), "t.model"),
          "t.model"};
}

static Ids encode(const PieceBpe& bpe, const std::string& word) {
  Ids ids, again;
  bpe.encode(word, ids);
  bpe.encode(word, again); // from the cache
  CHECK(again == ids);
  return ids;
}

TEST_CASE("the greatest score merges first, the leftmost among equals", "[tokenizer]") {
  const PieceBpe bpe =
      model(piece("ab", -1) + piece("bc", 0) + piece("a", -5) + piece("b", -6) + piece("c", -7));
  CHECK(encode(bpe, "ab") == Ids{3});
  CHECK(encode(bpe, "abc") == Ids{5, 4});
  const PieceBpe equal =
      model(piece("ab", -1) + piece("bc", -1) + piece("a", -5) + piece("b", -6) + piece("c", -7));
  CHECK(encode(equal, "abc") == Ids{3, 7});
  CHECK(encode(equal, "cbc") == Ids{7, 4});
  CHECK(bpe.describe() == "SentencePiece BPE");
}

TEST_CASE("characters that are no pieces merge, or are unknown", "[tokenizer]") {
  const PieceBpe bpe = model(piece("xy", -1) + piece("a", -2));
  CHECK(encode(bpe, "xy") == Ids{3});
  CHECK(encode(bpe, "axya") == Ids{4, 3, 4});
  CHECK(encode(bpe, "x") == Ids{0});
  CHECK(encode(bpe, "xzqa") == Ids{0, 4}); // adjoining ones are one token
  CHECK(encode(bpe, "xax") == Ids{0, 4, 0});
  CHECK(encode(bpe, "").empty());
}

TEST_CASE("unknown characters become their bytes", "[tokenizer]") {
  std::string bytes;
  for (const char* digits = "0123456789ABCDEF"; const char high : std::string(digits))
    for (const char low : std::string(digits))
      bytes += piece(cat("<0x", high, low, ">"), 0, 6);
  const PieceBpe bpe = model(bytes + piece("a", -1), true);
  CHECK(encode(bpe, "a\u00e9") == Ids{259, 3 + 0xC3, 3 + 0xA9});
  CHECK(encode(bpe, "<0x41>").size() == 6); // as text, not as the byte's token
  CHECK(bpe.describe() == "SentencePiece BPE with byte fallback");
}

TEST_CASE("pieces of users merge with nothing", "[tokenizer]") {
  const PieceBpe bpe =
      model(piece("b", 0, 4) + piece("ab", -1) + piece("a", -2) + piece("bb", 0, 4));
  CHECK(encode(bpe, "ab") == Ids{5, 3});
  CHECK(encode(bpe, "abbb") == Ids{5, 6, 3});
}

/// Merges one best pair after another, by looking at all of them.
static std::vector<std::string> slow_merge(const PieceFile& file, const std::string& word) {
  std::vector<std::string> parts;
  for (const char c : word)
    parts.emplace_back(1, c);
  while (true) {
    std::size_t best = parts.size();
    float score = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
      for (const Piece& it : file.pieces)
        if (it.text == parts[i] + parts[i + 1] && (best == parts.size() || it.score > score)) {
          best = i;
          score = it.score;
        }
    if (best == parts.size())
      return parts;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

TEST_CASE("merging agrees with a plain search", "[tokenizer]") {
  std::mt19937 random(10);
  for (int round = 0; round < 200; ++round) {
    std::string pieces = piece("a", -100) + piece("b", -101) + piece("c", -102);
    std::set<std::string> seen = {"a", "b", "c"};
    for (int i = 0; i < 10; ++i) {
      std::string text;
      for (auto size = random() % 4 + 2; size > 0; --size)
        text += static_cast<char>('a' + random() % 3);
      if (seen.insert(text).second)
        pieces += piece(text, -static_cast<float>(random() % 5));
    }
    const PieceFile file = parse_piece_file(usual_pieces() + pieces + trainer(2), "t.model");
    const PieceBpe bpe(file, "t.model");
    std::string word;
    for (auto size = random() % 12 + 1; size > 0; --size)
      word += static_cast<char>('a' + random() % 3);
    std::vector<std::string> tokens;
    for (const int64_t id : encode(bpe, word))
      tokens.push_back(*bpe.vocabulary().token(id));
    CHECK(tokens == slow_merge(file, word));
  }
}

TEST_CASE("pieces that cannot be used are refused", "[tokenizer]") {
  CHECK(message([] { model(piece("ab", 0, 5)); }) ==
        "t.model: piece 3, 'ab', is unused; use the tokenizer.json of this model");
  CHECK(message([] {
          model(piece(std::string(513, 'a'), 0));
        }).ends_with("is 513 bytes long, more than 512; use the tokenizer.json of this model"));
}
