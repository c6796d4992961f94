#include "tests/support/catch.hpp"

#include "engine/tokenizer/piece_trie.hpp"

#include <map>
#include <random>
#include <string>

using namespace residua::tokenizer;
using Found = std::vector<std::pair<std::size_t, int32_t>>;

static Found prefixes(const PieceTrie& trie, std::string_view text) {
  Found found;
  trie.prefixes(text, [&](std::size_t size, int32_t id) { found.emplace_back(size, id); });
  return found;
}

TEST_CASE("all pieces that a text begins with are found", "[tokenizer]") {
  const PieceTrie trie({{"ab", 1}, {"a", 0}, {"abcd", 2}, {"\u00e9", 3}, {"", 4}, {"ab", 5}});
  CHECK(prefixes(trie, "abcde") == Found{{1, 0}, {2, 5}, {4, 2}});
  CHECK(prefixes(trie, "abc") == Found{{1, 0}, {2, 5}});
  CHECK(prefixes(trie, "\u00e9") == Found{{2, 3}});
  CHECK(prefixes(trie, "b").empty());
  CHECK(prefixes(trie, "").empty());
  CHECK(prefixes(PieceTrie(), "a").empty());
}

TEST_CASE("the trie agrees with a plain search", "[tokenizer]") {
  std::mt19937 random(9);
  const auto word = [&](std::size_t most) {
    std::string bytes;
    for (auto size = random() % most + 1; size > 0; --size)
      bytes += static_cast<char>(random() % 3 == 0 ? random() : 'a' + random() % 2);
    return bytes;
  };
  for (int round = 0; round < 200; ++round) {
    std::map<std::string, int32_t> pieces;
    for (int32_t id = 0; id < 40; ++id)
      pieces.emplace(word(6), id);
    const PieceTrie trie({pieces.begin(), pieces.end()});
    const std::string text = word(10);
    Found expected;
    for (std::size_t size = 1; size <= text.size(); ++size)
      if (const auto piece = pieces.find(text.substr(0, size)); piece != pieces.end())
        expected.emplace_back(size, piece->second);
    CHECK(prefixes(trie, text) == expected);
  }
}
