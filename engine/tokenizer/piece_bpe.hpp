#pragma once
// SentencePiece's byte-pair encoding: any two adjoining tokens whose texts together are a piece
// may merge, the piece with the greatest score first.

#include "engine/tokenizer/byte_tokens.hpp"
#include "engine/tokenizer/merges.hpp"
#include "engine/tokenizer/model.hpp"
#include "engine/tokenizer/piece_file.hpp"
#include "engine/tokenizer/speller.hpp"
#include "engine/tokenizer/word_cache.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// The model of a file. Its ids are those of the file.
class PieceBpe : public Model {
 public:
  /// `name` stands in error messages.
  PieceBpe(const PieceFile& file, const std::string& name);

  void encode(std::string_view word, std::vector<int64_t>& ids) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::string describe() const override;

 private:
  void append_segment(std::string_view text, std::vector<int32_t>& ids) const;
  void append_unknown(std::string_view character, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  Vocabulary symbols_; // what may merge: pieces by id, and characters of pieces that are none
  Merges merges_;
  UserPieces user_;
  ByteTokens bytes_; // none without byte fallback
  int32_t unknown_;
  mutable WordCache cache_;
};

} // namespace residua::tokenizer
