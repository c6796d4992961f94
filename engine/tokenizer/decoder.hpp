#pragma once
// Decoders: from the tokens of a sequence back to its text.

#include "engine/tokenizer/json_fields.hpp"

#include <memory>
#include <string>
#include <vector>

namespace residua::tokenizer {

/// Rewrites a list of tokens; the text is what it returns, joined.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Takes and returns valid UTF-8.
  virtual std::vector<std::string> decode(std::vector<std::string> tokens) const = 0;
};

/// The decoder of a file; null for null.
std::unique_ptr<const Decoder> make_decoder(const Field& field);

} // namespace residua::tokenizer
