#pragma once
// Tokens and their ids, both ways.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace residua::tokenizer {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// A map from strings that can be asked with a string_view.
template <class Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

/// Greatest id that a file may use; bounds the table of ids.
inline constexpr int64_t kMaxTokenId = (int64_t{1} << 24) - 1;

/// Tokens with distinct ids in 0..kMaxTokenId; ids may have gaps.
class Vocabulary {
 public:
  Vocabulary() = default;
  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;

  /// Adds a token. False, and nothing changes, if the token or the id is taken.
  bool add(std::string token, int32_t id);
  /// Gives a token that is known one more id, not taken; from now on this is the id of the token.
  void add_again(std::string_view token, int32_t id);
  /// The id of a token.
  std::optional<int32_t> find(std::string_view token) const;
  /// The token of an id, or null.
  const std::string* token(int64_t id) const;
  /// One more than the greatest id.
  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }

 private:
  StringMap<int32_t> ids_;
  std::vector<const std::string*> tokens_; // by id, the keys of ids_, or null in gaps
};

} // namespace residua::tokenizer
