#pragma once
// Byte-pair encoding: the model "BPE" of a tokenizer file.

#include "engine/tokenizer/merges.hpp"
#include "engine/tokenizer/model.hpp"

#include <array>
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
  bool append_bytes(std::string_view character, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  Merges merges_;
  BpeOptions options_;
  std::array<std::optional<int32_t>, 256> bytes_; // ids of <0x00> to <0xFF>, for byte_fallback
  mutable StringMap<std::vector<int32_t>> cache_; // words seen, at most kCachedWords
};

/// The model that `field` describes.
std::unique_ptr<const Model> make_bpe(const Field& field);

} // namespace residua::tokenizer
