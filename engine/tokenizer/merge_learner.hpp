#pragma once
// Learns merge rules: again and again the most frequent pair of adjoining tokens becomes a token.

#include "engine/tokenizer/merges.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace residua::tokenizer {

/// Words as tokens, with the counts of all pairs kept up to date while pairs are merged.
class MergeLearner {
 public:
  /// Adds a word that occurs `count` times (at least 1).
  void add(const std::vector<int32_t>& word, int64_t count);
  /// Counts the pairs of all words; comes before the first `most_frequent`.
  void count_pairs();

  /// The pair of highest count, of smaller ids among equals; nothing when no pair is left.
  std::optional<std::pair<int32_t, int32_t>> most_frequent();
  /// Replaces this pair by `merged` in all words.
  void merge(std::pair<int32_t, int32_t> pair, int32_t merged);

 private:
  struct Symbol {
    int32_t token; // kNone once it went into its left neighbour
    int32_t previous;
    int32_t next;
    int32_t word;
  };
  struct Pair {
    int64_t count = 0;
    std::vector<int32_t> places; // of left symbols; some may be stale
  };
  struct Candidate {
    int64_t count;
    uint64_t key;
    bool operator<(const Candidate& other) const { // the heap's top is the greatest
      return count != other.count ? count < other.count : key > other.key;
    }
  };
  static constexpr int32_t kNone = -1;

  Symbol& symbol(int32_t at) { return symbols_[static_cast<std::size_t>(at)]; }
  bool pair_at(int32_t at, std::pair<int32_t, int32_t> pair);
  void merge_at(int32_t at, int32_t merged);
  void gain(int32_t at, int64_t count);
  void lose(int32_t left, int32_t right, int64_t count);
  void push(uint64_t key, int64_t count);

  std::vector<Symbol> symbols_; // all words, one behind the other
  std::vector<int64_t> counts_; // by word
  std::unordered_map<uint64_t, Pair, PairHash> pairs_;
  std::vector<Candidate> heap_;  // counts may be out of date; they are checked when they come up
  std::vector<uint64_t> gained_; // pairs that the current merge made
};

} // namespace residua::tokenizer
