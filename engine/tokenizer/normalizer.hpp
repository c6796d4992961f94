#pragma once
// Normalizers: what a tokenizer does to a text before it looks for words.

#include "engine/tokenizer/json_fields.hpp"

#include <memory>
#include <string>

namespace residua::tokenizer {

/// Rewrites a text.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  /// Takes valid UTF-8, not empty; returns valid UTF-8.
  virtual std::string normalize(std::string text) const = 0;
};

/// The normalizer of a file; null for null.
std::unique_ptr<const Normalizer> make_normalizer(const Field& field);

} // namespace residua::tokenizer
