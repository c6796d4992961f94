#include "engine/tokenizer/piece_trie.hpp"

#include <algorithm>
#include <deque>

namespace residua::tokenizer {

namespace {

/// Sorted pieces [begin, end) that agree in their first `depth` bytes, which lead to `node`.
struct Range {
  std::size_t begin;
  std::size_t end;
  std::size_t depth;
  int32_t node; // -1 for the root
};

} // namespace

PieceTrie::PieceTrie(std::vector<Piece> pieces) {
  roots_.fill(-1);
  std::erase_if(pieces, [](const Piece& piece) { return piece.first.empty(); });
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.first < b.first; });
  std::deque<Range> ranges{{0, pieces.size(), 0, -1}}; // breadth first: children side by side
  for (; !ranges.empty(); ranges.pop_front()) {
    auto [at, end, depth, node] = ranges.front();
    for (; at < end && pieces[at].first.size() == depth; ++at)
      nodes_[static_cast<std::size_t>(node)].id = pieces[at].second;
    const auto first = static_cast<int32_t>(nodes_.size());
    while (at < end) {
      const auto byte = static_cast<unsigned char>(pieces[at].first[depth]);
      const std::size_t begin = at;
      while (at < end && static_cast<unsigned char>(pieces[at].first[depth]) == byte)
        ++at;
      const auto made = static_cast<int32_t>(nodes_.size());
      ranges.push_back({begin, at, depth + 1, made});
      nodes_.push_back({0, 0, byte, -1});
      if (node < 0)
        roots_[byte] = made;
    }
    if (node >= 0) {
      nodes_[static_cast<std::size_t>(node)].first = first;
      nodes_[static_cast<std::size_t>(node)].count =
          static_cast<uint16_t>(static_cast<int32_t>(nodes_.size()) - first);
    }
  }
}

int32_t PieceTrie::child(int32_t node, unsigned char byte) const {
  const Node& parent = nodes_[static_cast<std::size_t>(node)];
  const auto begin = nodes_.begin() + parent.first;
  const auto end = begin + parent.count;
  const auto found = std::lower_bound(begin, end, byte,
                                      [](const Node& it, unsigned char b) { return it.byte < b; });
  return found != end && found->byte == byte ? static_cast<int32_t>(found - nodes_.begin()) : -1;
}

} // namespace residua::tokenizer
