#pragma once
// What a tokenizer is made of, and the way of a text through it.

#include "engine/tokenizer/added_tokens.hpp"
#include "engine/tokenizer/decoder.hpp"
#include "engine/tokenizer/model.hpp"
#include "engine/tokenizer/normalizer.hpp"
#include "engine/tokenizer/postprocessor.hpp"
#include "engine/tokenizer/pretokenizer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

struct TokenizerParts {
  std::unique_ptr<const Normalizer> normalizer;     // may be null
  std::unique_ptr<const PreTokenizer> pretokenizer; // may be null
  std::unique_ptr<const Model> model;
  std::unique_ptr<const AddedTokens> added;
  Frame frame;
  std::unique_ptr<const Decoder> decoder; // may be null
  std::string digest;

  /// The token of an id, or null.
  const std::string* token(int64_t id) const;
  /// One more than the greatest id.
  int64_t size() const;

  /// Appends the ids of `text` (valid UTF-8), without the frame.
  void encode(std::string_view text, std::vector<int64_t>& ids) const;

 private:
  // `first`: whether the part begins the whole text.
  void encode_given(std::string_view part, bool first, std::vector<int64_t>& ids) const;
  void encode_normalized(std::string_view part, bool first, std::vector<int64_t>& ids) const;
};

} // namespace residua::tokenizer
