#pragma once
// How SentencePiece spells a text before it looks for pieces: replacements, white space, the sign
// for spaces.

#include "engine/tokenizer/charsmap.hpp"
#include "engine/tokenizer/piece_file.hpp"
#include "engine/tokenizer/piece_trie.hpp"
#include "engine/tokenizer/pretokenizer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// The sign that pieces have for a space, U+2581.
inline constexpr std::string_view kSpaceSign = "\u2581";

/// Texts of pieces that are taken from a text as they stand, wherever they stand.
class UserPieces {
 public:
  explicit UserPieces(const std::vector<Piece>& pieces);
  /// Bytes and id of the longest one that `text` begins with; 0 bytes if none.
  std::pair<std::size_t, int32_t> longest(std::string_view text) const;

 private:
  PieceTrie trie_;
};

/// Spells texts, each as one word; drops those that are spelled by nothing.
class Speller : public PreTokenizer {
 public:
  /// `prefix_first_only`: a space is put before the whole text only, not before the parts between
  /// special tokens. `name` stands in error messages.
  Speller(const PieceFile& file, bool prefix_first_only, const std::string& name);

  void split(Word word, std::vector<Word>& words) const override;
  std::string spell(std::string_view text, bool with_prefix) const;

 private:
  /// What becomes of the beginning of `text`, and how many bytes of it that is.
  Replacement next(std::string_view text) const;
  void append(std::string_view text, std::string& spelled) const;

  Spelling spelling_;
  std::optional<Charsmap> table_;
  UserPieces user_;
  std::string_view space_; // how a space is spelled
  bool prefix_first_only_;
};

} // namespace residua::tokenizer
