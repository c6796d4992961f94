#pragma once
// Byte fallback: the tokens <0x00> to <0xFF> that stand for the bytes of characters without one.

#include "engine/tokenizer/vocabulary.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// The ids of the bytes' tokens.
class ByteTokens {
 public:
  ByteTokens() = default; ///< none
  /// Those of `vocabulary`.
  explicit ByteTokens(const Vocabulary& vocabulary);

  bool empty() const { return !ids_[0]; }

  /// Appends the ids of all bytes of `text`; false, and nothing changes, if a byte has no token.
  bool append(std::string_view text, std::vector<int32_t>& ids) const;

 private:
  std::array<std::optional<int32_t>, 256> ids_;
};

} // namespace residua::tokenizer
