#pragma once
// The merge rules of byte-pair encoding, and their application to a sequence of tokens.

#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/vocabulary.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace residua::tokenizer {

/// Two adjoining tokens in one number, for hashing; ids are not negative.
inline uint64_t pair_key(int32_t left, int32_t right) {
  return (static_cast<uint64_t>(left) << 32) | static_cast<uint64_t>(right);
}

/// Spreads the bits of a pair over the buckets; ids alone are too regular.
struct PairHash {
  std::size_t operator()(uint64_t key) const {
    key *= 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(key ^ (key >> 32));
  }
};

/// Rules (left, right) -> merged, ordered by rank.
class Merges {
 public:
  /// Reads rules written as "left right" or ["left", "right"]. A rule given twice has its last
  /// rank.
  static Merges read(const Field& field, const Vocabulary& vocabulary);

  /// Adds a rule; a pair that has one already gets this one.
  void add(int32_t left, int32_t right, int32_t rank, int32_t merged) {
    rules_[pair_key(left, right)] = {rank, merged};
  }

  /// Merges pairs until no rule applies: least rank first, leftmost first among equals. O(n log n).
  void apply(std::vector<int32_t>& tokens) const;

  std::size_t size() const { return rules_.size(); }

 private:
  struct Rule {
    int32_t rank;
    int32_t merged;
  };
  class Run;

  std::unordered_map<uint64_t, Rule, PairHash> rules_;
};

} // namespace residua::tokenizer
