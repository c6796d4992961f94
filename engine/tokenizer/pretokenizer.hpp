#pragma once
// Pre-tokenizers: they cut a text into the words that the model sees one by one.

#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/regex.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// A piece of a text.
struct Word {
  std::string text;   ///< valid UTF-8, not empty
  bool first = false; ///< begins the whole text that the tokenizer was given
};

/// Cuts a piece of text into smaller ones.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  /// Appends the pieces of `word` to `words`.
  virtual void split(Word word, std::vector<Word>& words) const = 0;
};

/// Appends the parts of `text` that `spans` name, none of them empty; `first` is said of the text.
void append_spans(std::string_view text, bool first, const std::vector<Span>& spans,
                  std::vector<Word>& words);

/// The pre-tokenizer of a file; null for null.
std::unique_ptr<const PreTokenizer> make_pretokenizer(const Field& field);

/// GPT-2's: words by its pattern if `use_regex`, as the symbols of their bytes; a space before if
/// `add_prefix_space`.
std::unique_ptr<const PreTokenizer> make_byte_level(bool add_prefix_space, bool use_regex);

} // namespace residua::tokenizer
