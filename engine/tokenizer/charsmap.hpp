#pragma once
// SentencePiece's table of replacements (precompiled_charsmap): a double array of the strings to
// replace (the format of Darts-clone), and the texts that replace them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// An entry that begins a text: how many bytes it takes, and what replaces them.
struct Replacement {
  std::size_t length = 0;
  std::string_view text; ///< points into the table
};

/// The table. Its entries are looked up, never listed, so a damaged one costs no more than a
/// lookup.
class Charsmap {
 public:
  /// Bytes of the double array (32 bits, little endian), the array, the texts, each ended by a zero
  /// byte. Throws Error that says what is wrong, with `name` for the table.
  Charsmap(std::string_view bytes, std::string name);

  /// The shortest or longest entry that `text` begins with.
  std::optional<Replacement> shortest(std::string_view text) const { return find(text, false); }
  std::optional<Replacement> longest(std::string_view text) const { return find(text, true); }

 private:
  std::optional<Replacement> find(std::string_view text, bool longest) const;
  std::string_view text_at(std::size_t offset) const;
  uint32_t unit(std::size_t at) const;
  [[noreturn]] void fail(const std::string& what) const;

  std::string name_;
  std::vector<uint32_t> units_;
  std::string texts_;
};

} // namespace residua::tokenizer
