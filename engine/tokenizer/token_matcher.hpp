#pragma once
// Finds given strings in a text: the leftmost first, the longest among those that begin there.

#include "engine/tokenizer/regex.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace residua::tokenizer {

/// A set of strings, each with a number, as a trie of bytes.
class TokenMatcher {
 public:
  TokenMatcher();

  /// Adds a string; an empty one is left out. The first number given to a string stays.
  void add(std::string_view content, int64_t number);

  struct Match {
    Span span;
    int64_t number;
  };
  /// Matches in order, which do not overlap.
  std::vector<Match> matches(std::string_view text) const;

 private:
  static constexpr int32_t kRoot = 0;
  int32_t child(int32_t node, unsigned char byte) const;

  std::unordered_map<int64_t, int32_t> children_; // node * 256 + byte -> node
  std::vector<int64_t> numbers_;                  // by node, or -1
  std::array<bool, 256> starts_{};                // bytes that begin a string
};

} // namespace residua::tokenizer
