#pragma once
// The content of a SentencePiece `.model` file: pieces with their scores, and how texts become
// spellings that pieces cover.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

enum class PieceKind { kNormal = 1, kUnknown, kControl, kUserDefined, kUnused, kByte };

struct Piece {
  std::string text;
  float score = 0; ///< log probability (unigram), or minus the rank of its merge (BPE)
  PieceKind kind = PieceKind::kNormal;
};

/// How a text is spelled before pieces are looked for. The defaults are the format's.
struct Spelling {
  std::string charsmap; ///< table of replacements (see charsmap.hpp), may be empty
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
  bool whitespace_as_suffix = false;
};

/// A file. The defaults are the format's.
struct PieceFile {
  enum class Algorithm { kUnigram = 1, kBpe, kWord, kChar };
  Algorithm algorithm = Algorithm::kUnigram;
  bool byte_fallback = false;
  std::string bos = "<s>";
  std::string eos = "</s>";
  std::vector<Piece> pieces; ///< distinct; the index is the id
  Spelling spelling;

  int32_t unknown() const; ///< the id of the only piece of that kind
};

/// Parses the bytes of a file; `name` stands in error messages.
PieceFile parse_piece_file(std::string_view bytes, const std::string& name);

} // namespace residua::tokenizer
