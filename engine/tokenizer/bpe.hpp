#pragma once
// Byte-pair encoding: the model "BPE" of a tokenizer file.

#include "engine/tokenizer/byte_tokens.hpp"
#include "engine/tokenizer/merges.hpp"
#include "engine/tokenizer/model.hpp"
#include "engine/tokenizer/word_cache.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

struct BpeOptions {
  std::optional<int32_t> unk; ///< the id for a character that is not in the vocabulary; without it
                              ///< the character is dropped
  bool fuse_unk = false;      ///< one `unk` for adjoining unknown characters
  bool byte_fallback = false; ///< an unknown character becomes the tokens <0xHH> of its bytes
  bool ignore_merges = false; ///< a word in the vocabulary is its own token, whatever the merges
};

/// Splits a word into characters and merges pairs of tokens, the earliest rule first, the leftmost
/// pair first.
class Bpe : public Model {
 public:
  Bpe(Vocabulary vocabulary, Merges merges, const BpeOptions& options);

  void encode(std::string_view word, std::vector<int64_t>& ids) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::string describe() const override;

 private:
  void append_characters(std::string_view word, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  Merges merges_;
  BpeOptions options_;
  ByteTokens bytes_; // none without byte_fallback
  mutable WordCache cache_;
};

/// The model that `field` describes.
std::unique_ptr<const Model> make_bpe(const Field& field);

} // namespace residua::tokenizer
