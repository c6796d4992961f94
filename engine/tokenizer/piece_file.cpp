#include "engine/tokenizer/piece_file.hpp"

#include "engine/error.hpp"
#include "engine/text/utf8.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/vocabulary.hpp"
#include "engine/tokenizer/wire_format.hpp"

#include <algorithm>
#include <unordered_set>

namespace residua::tokenizer {

namespace {

// Numbers of fields, from sentencepiece_model.proto.
namespace model {
constexpr uint64_t kPiece = 1, kTrainer = 2, kNormalizer = 3;
}
namespace piece {
constexpr uint64_t kText = 1, kScore = 2, kKind = 3;
}
namespace trainer {
constexpr uint64_t kAlgorithm = 3, kSuffix = 24, kByteFallback = 35, kBos = 46, kEos = 47;
}
namespace normalizer {
constexpr uint64_t kCharsmap = 2, kDummyPrefix = 3, kExtraSpaces = 4, kEscapeSpaces = 5;
}

std::string text_of(const WireFields& field) {
  if (utf8::first_invalid(field.bytes()))
    field.fail("holds a text that is no UTF-8");
  return std::string(field.bytes());
}

Piece read_piece(WireFields fields) {
  Piece found;
  while (fields.next()) {
    if (fields.number() == piece::kText)
      found.text = text_of(fields);
    else if (fields.number() == piece::kScore)
      found.score = fields.single();
    else if (fields.number() == piece::kKind) {
      const uint64_t kind = fields.integer();
      if (kind < 1 || kind > static_cast<uint64_t>(PieceKind::kByte))
        fields.fail(cat("gives a piece the unknown kind ", kind));
      found.kind = static_cast<PieceKind>(kind);
    }
  }
  if (found.text.empty())
    fields.fail("has an empty piece");
  return found;
}

void read_trainer(WireFields fields, PieceFile& file) {
  while (fields.next()) {
    if (fields.number() == trainer::kAlgorithm) {
      const uint64_t algorithm = fields.integer();
      if (algorithm < 1 || algorithm > static_cast<uint64_t>(PieceFile::Algorithm::kChar))
        fields.fail(cat("names the unknown model type ", algorithm));
      file.algorithm = static_cast<PieceFile::Algorithm>(algorithm);
    } else if (fields.number() == trainer::kSuffix) {
      file.spelling.whitespace_as_suffix = fields.flag();
    } else if (fields.number() == trainer::kByteFallback) {
      file.byte_fallback = fields.flag();
    } else if (fields.number() == trainer::kBos) {
      file.bos = text_of(fields);
    } else if (fields.number() == trainer::kEos) {
      file.eos = text_of(fields);
    }
  }
}

void read_normalizer(WireFields fields, Spelling& spelling) {
  while (fields.next()) {
    if (fields.number() == normalizer::kCharsmap)
      spelling.charsmap = fields.bytes();
    else if (fields.number() == normalizer::kDummyPrefix)
      spelling.add_dummy_prefix = fields.flag();
    else if (fields.number() == normalizer::kExtraSpaces)
      spelling.remove_extra_whitespaces = fields.flag();
    else if (fields.number() == normalizer::kEscapeSpaces)
      spelling.escape_whitespaces = fields.flag();
  }
}

void check_pieces(const PieceFile& file, const std::string& name) {
  std::unordered_set<std::string_view> seen;
  int unknown = 0;
  for (std::size_t id = 0; id < file.pieces.size(); ++id) {
    const Piece& it = file.pieces[id];
    if (!seen.insert(it.text).second)
      throw Error(cat(name, ": piece ", id, " repeats ", shown(it.text)),
                  "pieces must be distinct");
    if (!(it.score >= -1e30F && it.score <= 1e30F))
      throw Error(cat(name, ": piece ", id, " has the score ", it.score), "correct the score");
    unknown += it.kind == PieceKind::kUnknown ? 1 : 0;
  }
  if (unknown != 1)
    throw Error(cat(name, ": ", unknown, " pieces stand for the unknown"), "one must");
}

} // namespace

int32_t PieceFile::unknown() const {
  const auto found = std::find_if(pieces.begin(), pieces.end(),
                                  [](const Piece& it) { return it.kind == PieceKind::kUnknown; });
  return static_cast<int32_t>(found - pieces.begin());
}

PieceFile parse_piece_file(std::string_view bytes, const std::string& name) {
  PieceFile file;
  for (WireFields fields(bytes, 0, name); fields.next();) {
    if (fields.number() == model::kPiece)
      file.pieces.push_back(read_piece(fields.message()));
    else if (fields.number() == model::kTrainer)
      read_trainer(fields.message(), file);
    else if (fields.number() == model::kNormalizer)
      read_normalizer(fields.message(), file.spelling);
    if (static_cast<int64_t>(file.pieces.size()) > kMaxTokenId)
      fields.fail(cat("has more than ", kMaxTokenId, " pieces"));
  }
  check_pieces(file, name);
  return file;
}

} // namespace residua::tokenizer
