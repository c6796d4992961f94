#pragma once
// Words that a model has seen, with their ids: texts repeat few words very often.

#include "engine/tokenizer/vocabulary.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace residua::tokenizer {

/// At most some 100 MB of short words, whatever the texts; when it is full it starts anew.
class WordCache {
 public:
  /// Appends the ids of `word`; false if it is not stored.
  bool append(std::string_view word, std::vector<int64_t>& ids) const {
    const auto found = words_.find(word);
    if (found == words_.end())
      return false;
    ids.insert(ids.end(), found->second.begin(), found->second.end());
    return true;
  }

  void store(std::string_view word, std::vector<int32_t> ids) {
    if (word.size() > kMaxBytes)
      return;
    if (words_.size() >= kMaxWords)
      words_.clear();
    words_.emplace(word, std::move(ids));
  }

 private:
  static constexpr std::size_t kMaxWords = std::size_t{1} << 16;
  static constexpr std::size_t kMaxBytes = 256;
  StringMap<std::vector<int32_t>> words_;
};

} // namespace residua::tokenizer
