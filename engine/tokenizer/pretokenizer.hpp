#pragma once
// Pre-tokenizers: they cut a text into the words that the model sees one by one.

#include "engine/tokenizer/json_fields.hpp"

#include <memory>
#include <string>
#include <vector>

namespace residua::tokenizer {

/// Cuts a piece of text into smaller ones.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  /// Appends the pieces of `text` (valid UTF-8, not empty) to `pieces`; none of them is empty.
  virtual void split(std::string text, std::vector<std::string>& pieces) const = 0;
};

/// The pre-tokenizer of a file; null for null.
std::unique_ptr<const PreTokenizer> make_pretokenizer(const Field& field);

/// GPT-2's: words by its pattern if `use_regex`, as the symbols of their bytes; a space before if
/// `add_prefix_space`.
std::unique_ptr<const PreTokenizer> make_byte_level(bool add_prefix_space, bool use_regex);

} // namespace residua::tokenizer
