#include "engine/tokenizer/piece_bpe.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/json_fields.hpp"

#include <algorithm>
#include <numeric>

namespace residua::tokenizer {

// Bounds the time to find the rules, which grows with the square of a piece's length. The longest
// in use are runs of 31 spaces, 93 bytes.
static constexpr std::size_t kMaxPieceBytes = 512;

static bool may_merge(const Piece& piece) {
  return piece.kind == PieceKind::kNormal || piece.kind == PieceKind::kUserDefined;
}

static Vocabulary all_pieces(const PieceFile& file) {
  Vocabulary vocabulary;
  for (std::size_t id = 0; id < file.pieces.size(); ++id)
    vocabulary.add(file.pieces[id].text, static_cast<int32_t>(id));
  return vocabulary;
}

/// Calls visit(character) for each of `text`.
template <class Visit> static void each_character(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = code_points::length(static_cast<unsigned char>(text[at]));
    visit(text.substr(at, size));
    at += size;
  }
}

static Vocabulary symbols_of(const PieceFile& file, const std::string& name) {
  Vocabulary symbols;
  for (std::size_t id = 0; id < file.pieces.size(); ++id) {
    const Piece& piece = file.pieces[id];
    if (piece.kind == PieceKind::kUnused || piece.text.size() > kMaxPieceBytes)
      throw Error(cat(name, ": piece ", id, ", ", shown(piece.text), ", is ",
                      piece.kind == PieceKind::kUnused
                          ? std::string("unused")
                          : cat(piece.text.size(), " bytes long, more than ", kMaxPieceBytes)),
                  "use the tokenizer.json of this model");
    if (may_merge(piece))
      symbols.add(piece.text, static_cast<int32_t>(id));
  }
  auto next = static_cast<int32_t>(file.pieces.size());
  for (const Piece& piece : file.pieces)
    if (may_merge(piece))
      each_character(piece.text, [&](std::string_view character) {
        if (!symbols.find(character))
          symbols.add(std::string(character), next++);
      });
  return symbols;
}

/// Ids by descending score, those of equal score side by side.
static std::vector<int32_t> by_score(const PieceFile& file) {
  std::vector<int32_t> ids(file.pieces.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::stable_sort(ids.begin(), ids.end(), [&](int32_t a, int32_t b) {
    return file.pieces[static_cast<std::size_t>(a)].score >
           file.pieces[static_cast<std::size_t>(b)].score;
  });
  return ids;
}

/// A rule for each way to make a piece of two symbols; pieces of equal score have equal rank.
static Merges merges_of(const PieceFile& file, const Vocabulary& symbols) {
  Merges merges;
  int32_t rank = 0;
  float before = 0;
  for (const int32_t id : by_score(file)) {
    const Piece& piece = file.pieces[static_cast<std::size_t>(id)];
    if (!may_merge(piece))
      continue;
    rank += piece.score == before ? 0 : 1;
    before = piece.score;
    const std::string_view text = piece.text;
    for (std::size_t at = code_points::length(static_cast<unsigned char>(text[0]));
         at < text.size(); at += code_points::length(static_cast<unsigned char>(text[at]))) {
      const auto left = symbols.find(text.substr(0, at));
      const auto right = left ? symbols.find(text.substr(at)) : std::nullopt;
      if (right)
        merges.add(*left, *right, rank, id);
    }
    if (id % 1024 == 0)
      interrupt::poll();
  }
  return merges;
}

PieceBpe::PieceBpe(const PieceFile& file, const std::string& name)
    : vocabulary_(all_pieces(file)), symbols_(symbols_of(file, name)),
      merges_(merges_of(file, symbols_)), user_(file.pieces), unknown_(file.unknown()) {
  if (file.byte_fallback)
    bytes_ = ByteTokens(vocabulary_);
}

void PieceBpe::encode(std::string_view word, std::vector<int64_t>& ids) const {
  if (cache_.append(word, ids))
    return;
  std::vector<int32_t> tokens;
  std::size_t from = 0;
  for (std::size_t at = 0; at < word.size();) { // user pieces never merge with what is beside them
    const auto [size, id] = user_.longest(word.substr(at));
    if (size > 0) {
      append_segment(word.substr(from, at - from), tokens);
      tokens.push_back(id);
      from = at + size;
    }
    at += size > 0 ? size : code_points::length(static_cast<unsigned char>(word[at]));
  }
  append_segment(word.substr(from), tokens);
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  cache_.store(word, std::move(tokens));
}

/// `text` has no user pieces in it.
void PieceBpe::append_segment(std::string_view text, std::vector<int32_t>& ids) const {
  std::vector<std::string_view> others; // characters that are no symbols; their ids follow theirs
  std::vector<int32_t> tokens;
  const auto first_other = static_cast<int32_t>(symbols_.size());
  each_character(text, [&](std::string_view character) {
    const auto id = symbols_.find(character);
    tokens.push_back(id ? *id : first_other + static_cast<int32_t>(others.size()));
    if (!id)
      others.push_back(character);
  });
  merges_.apply(tokens);
  for (const int32_t token : tokens) {
    if (vocabulary_.token(token) != nullptr)
      ids.push_back(token);
    else
      append_unknown(token < first_other ? std::string_view(*symbols_.token(token))
                                         : others[static_cast<std::size_t>(token - first_other)],
                     ids);
  }
}

/// Without byte fallback, adjoining unknown characters are one token.
void PieceBpe::append_unknown(std::string_view character, std::vector<int32_t>& ids) const {
  if (!bytes_.append(character, ids) && (ids.empty() || ids.back() != unknown_))
    ids.push_back(unknown_);
}

std::string PieceBpe::describe() const {
  return cat("SentencePiece BPE", bytes_.empty() ? "" : " with byte fallback");
}

} // namespace residua::tokenizer
