#pragma once
// The unigram language model of pieces: the model "Unigram" of a tokenizer file.

#include "engine/tokenizer/byte_tokens.hpp"
#include "engine/tokenizer/model.hpp"
#include "engine/tokenizer/piece_trie.hpp"
#include "engine/tokenizer/word_cache.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

/// A piece, as the model sees it; its place in the list is its id.
struct UnigramPiece {
  std::string text;
  double score = 0;    ///< log probability
  bool in_text = true; ///< may be found in texts
};

struct UnigramOptions {
  std::optional<int32_t>
      unk;              ///< the id for what no piece covers; without it such a text is an Error
  double unk_score = 0; ///< of one character that no piece covers
  bool byte_fallback = false; ///< what no piece covers becomes the tokens <0xHH> of its bytes
  /// Sums of scores are rounded to float32, and what no piece covers is never looked up as a whole.
  bool as_sentencepiece = false;
};

/// Splits a word into the pieces with the greatest sum of scores (Viterbi); of equal sums the one
/// that begins earlier. Adjoining characters that no piece covers become one token.
class Unigram : public Model {
 public:
  /// `name` stands in error messages.
  Unigram(const std::vector<UnigramPiece>& pieces, const UnigramOptions& options, std::string name);

  void encode(std::string_view word, std::vector<int64_t>& ids) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::string describe() const override;

 private:
  struct Step { // of a path; a text has less than 2^32 bytes
    uint32_t begin;
    uint32_t end;
    int32_t id; // kUncovered for a character that no piece covers
  };
  static constexpr int32_t kNone = -1;
  static constexpr int32_t kUncovered = -2;

  void search(std::string_view word, std::vector<int32_t>& best) const;
  std::vector<Step> path(std::string_view word, const std::vector<int32_t>& best) const;
  void append_uncovered(std::string_view run, std::vector<int32_t>& ids) const;
  [[noreturn]] void fail_uncovered(std::string_view character) const;

  Vocabulary vocabulary_;
  std::vector<double> scores_;       // by id
  std::vector<std::size_t> lengths_; // bytes, by id
  std::size_t longest_;              // piece or character, in bytes
  UnigramOptions options_;
  std::string name_;
  ByteTokens bytes_; // none without byte_fallback
  PieceTrie trie_;
  mutable WordCache cache_;
};

/// The model that `field` describes.
std::unique_ptr<const Model> make_unigram(const Field& field);

} // namespace residua::tokenizer
