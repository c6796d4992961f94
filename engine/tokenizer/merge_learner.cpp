#include "engine/tokenizer/merge_learner.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <algorithm>

namespace residua::tokenizer {

void MergeLearner::add(const std::vector<int32_t>& word, int64_t count) {
  if (symbols_.size() + word.size() > static_cast<std::size_t>(INT32_MAX))
    throw Error("texts to train on: more than 2 GiB of distinct words", "train on fewer texts");
  const auto index = static_cast<int32_t>(counts_.size());
  counts_.push_back(count);
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto at = static_cast<int32_t>(symbols_.size());
    symbols_.push_back(
        {word[i], i > 0 ? at - 1 : kNone, i + 1 < word.size() ? at + 1 : kNone, index});
  }
}

void MergeLearner::count_pairs() {
  for (std::size_t at = 0; at < symbols_.size(); ++at) {
    if (symbols_[at].next != kNone)
      gain(static_cast<int32_t>(at), counts_[static_cast<std::size_t>(symbols_[at].word)]);
    if (at % 65536 == 0)
      interrupt::poll();
  }
  gained_.clear();
  for (const auto& [key, pair] : pairs_)
    heap_.push_back({pair.count, key});
  std::make_heap(heap_.begin(), heap_.end());
}

std::optional<std::pair<int32_t, int32_t>> MergeLearner::most_frequent() {
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end());
    const auto [count, key] = heap_.back();
    heap_.pop_back();
    const auto found = pairs_.find(key);
    if (found == pairs_.end())
      continue;
    if (found->second.count == count)
      return std::pair(static_cast<int32_t>(key >> 32), static_cast<int32_t>(key & 0xFFFFFFFFU));
    push(key, found->second.count);
  }
  return std::nullopt;
}

void MergeLearner::merge(std::pair<int32_t, int32_t> pair, int32_t merged) {
  auto node = pairs_.extract(pair_key(pair.first, pair.second));
  if (node.empty())
    return;
  // From left to right, so that of overlapping pairs (aaa) the left one is merged.
  std::vector<int32_t>& places = node.mapped().places;
  if (!std::is_sorted(places.begin(), places.end()))
    std::sort(places.begin(), places.end());
  gained_.clear();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (pair_at(places[i], pair))
      merge_at(places[i], merged);
    if (i % 65536 == 0)
      interrupt::poll();
  }
  std::sort(gained_.begin(), gained_.end());
  gained_.erase(std::unique(gained_.begin(), gained_.end()), gained_.end());
  for (const uint64_t key : gained_)
    if (const auto found = pairs_.find(key); found != pairs_.end())
      push(key, found->second.count);
}

bool MergeLearner::pair_at(int32_t at, std::pair<int32_t, int32_t> pair) {
  const Symbol& left = symbol(at);
  return left.token == pair.first && left.next != kNone && symbol(left.next).token == pair.second;
}

void MergeLearner::merge_at(int32_t at, int32_t merged) {
  Symbol& left = symbol(at);
  Symbol& right = symbol(left.next);
  const int64_t count = counts_[static_cast<std::size_t>(left.word)];
  if (left.previous != kNone)
    lose(symbol(left.previous).token, left.token, count);
  if (right.next != kNone)
    lose(right.token, symbol(right.next).token, count);
  left.token = merged;
  right.token = kNone;
  left.next = right.next;
  if (left.next != kNone) {
    symbol(left.next).previous = at;
    gain(at, count);
  }
  if (left.previous != kNone)
    gain(left.previous, count);
}

/// Counts the pair at `at` and remembers the place.
void MergeLearner::gain(int32_t at, int64_t count) {
  const Symbol& left = symbol(at);
  const uint64_t key = pair_key(left.token, symbol(left.next).token);
  Pair& pair = pairs_[key];
  pair.count += count;
  pair.places.push_back(at);
  if (gained_.empty() || gained_.back() != key)
    gained_.push_back(key);
}

void MergeLearner::lose(int32_t left, int32_t right, int64_t count) {
  const auto found = pairs_.find(pair_key(left, right));
  if (found == pairs_.end()) // the pair being merged itself
    return;
  found->second.count -= count;
  if (found->second.count <= 0)
    pairs_.erase(found);
}

void MergeLearner::push(uint64_t key, int64_t count) {
  heap_.push_back({count, key});
  std::push_heap(heap_.begin(), heap_.end());
}

} // namespace residua::tokenizer
