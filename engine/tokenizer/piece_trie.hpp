#pragma once
// Finds all pieces of a vocabulary that a text begins with.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace residua::tokenizer {

/// A trie of bytes in a few flat arrays; the children of a node lie side by side.
class PieceTrie {
 public:
  using Piece = std::pair<std::string_view, int32_t>; ///< text and id

  PieceTrie() : PieceTrie(std::vector<Piece>{}) {}
  /// Empty pieces are left out; of equal ones the last counts.
  explicit PieceTrie(std::vector<Piece> pieces);

  /// Calls found(length in bytes, id) for each piece that `text` begins with, the shortest first.
  template <class Found> void prefixes(std::string_view text, Found found) const {
    if (text.empty())
      return;
    int32_t node = roots_[static_cast<unsigned char>(text[0])];
    for (std::size_t size = 1; node >= 0; ++size) {
      if (const int32_t id = nodes_[static_cast<std::size_t>(node)].id; id >= 0)
        found(size, id);
      if (size == text.size())
        return;
      node = child(node, static_cast<unsigned char>(text[size]));
    }
  }

 private:
  struct Node {
    int32_t first = 0;  // child
    uint16_t count = 0; // of children
    unsigned char byte = 0;
    int32_t id = -1;
  };
  int32_t child(int32_t node, unsigned char byte) const;

  std::vector<Node> nodes_;
  std::array<int32_t, 256> roots_{}; // nodes of the first bytes, or -1
};

} // namespace residua::tokenizer
