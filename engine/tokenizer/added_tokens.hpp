#pragma once
// Added tokens: strings that are one token wherever they stand in a text, before any model sees it.

#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/normalizer.hpp"
#include "engine/tokenizer/regex.hpp"
#include "engine/tokenizer/token_matcher.hpp"
#include "engine/tokenizer/vocabulary.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residua::tokenizer {

struct AddedToken {
  std::string content;
  int64_t id = 0;
  bool special = false;     ///< left out of decoded text on request
  bool normalized = false;  ///< looked for in the normalized text, itself normalized
  bool lstrip = false;      ///< takes the white space before it along
  bool rstrip = false;      ///< takes the white space behind it along
  bool single_word = false; ///< only where no word character adjoins
};

/// A part of a text: an added token, or text between such tokens.
struct Part {
  std::string_view text;
  std::optional<int64_t> id;
};

/// The added tokens of a tokenizer.
class AddedTokens {
 public:
  /// Reads the list `field`; ids must agree with the model's vocabulary. `normalizer` may be null.
  AddedTokens(const Field& field, const Vocabulary& model, const Normalizer* normalizer);

  /// Parts of a text as it was given, by the tokens that are not normalized.
  std::vector<Part> split_given(std::string_view text) const { return split(text, given_); }
  /// Parts of a normalized text, by the others.
  std::vector<Part> split_normalized(std::string_view text) const {
    return split(text, normalized_);
  }

  const Vocabulary& vocabulary() const { return vocabulary_; }
  bool is_special(int64_t id) const;
  int64_t special_count() const;

 private:
  void add(const Field& field, AddedToken token, const Vocabulary& model,
           const Normalizer* normalizer);
  std::vector<Part> split(std::string_view text, const TokenMatcher& matcher) const;
  bool single(std::string_view text, Span span) const;

  Vocabulary vocabulary_; // of the added tokens alone
  std::unordered_map<int64_t, AddedToken> tokens_;
  std::size_t sought_bytes_ = 0; // that the matchers hold
  TokenMatcher given_;
  TokenMatcher normalized_;
  std::unique_ptr<const Regex> word_character_; // only if a token is single_word
};

} // namespace residua::tokenizer
