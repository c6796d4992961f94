#pragma once
// Text to token ids and back, as a Hugging Face `tokenizer.json` or a SentencePiece file describes
// it.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residua {

namespace tokenizer {
struct TokenizerParts;
}

/// An immutable tokenizer: normalizer, pre-tokenizer, model, post-processor, decoder. Truncation
/// and padding of a file are left out, as transformers leaves them out by default. Words are
/// cached: use one from one thread at a time.
class Tokenizer {
 public:
  /// Loads `tokenizer.json`. An unsupported component is an Error that names it.
  static std::shared_ptr<const Tokenizer> load(const std::filesystem::path& file);
  /// The same from the text of the file; `origin` stands in error messages.
  static std::shared_ptr<const Tokenizer> parse(std::string_view json, const std::string& origin);
  /// From its parts, which engine/tokenizer/parts.hpp describes.
  static std::shared_ptr<const Tokenizer>
  assemble(std::unique_ptr<const tokenizer::TokenizerParts> parts);
  ~Tokenizer();

  /// Ids of `text` (valid UTF-8, at most 64 MiB), with the special tokens of the post-processor if
  /// `special`.
  std::vector<int64_t> encode(std::string_view text, bool special = true) const;
  /// Text of `ids`, valid UTF-8; special tokens are left out if `skip_special`. Throws Error for an
  /// id without token, and for tokens of more than 64 MiB.
  std::string decode(const std::vector<int64_t>& ids, bool skip_special = true) const;

  int64_t vocab_size() const; ///< one more than the greatest id, added tokens included
  std::optional<int64_t> id_of(std::string_view token) const; ///< the id of a token as it is stored
  const std::string& token(int64_t id) const;                 ///< the token as it is stored
  const std::string& digest() const;                          ///< of the canonical content
  std::string describe() const;                               ///< one line: "BPE, 4096 tokens, ..."

 private:
  explicit Tokenizer(std::unique_ptr<const tokenizer::TokenizerParts> parts);
  std::unique_ptr<const tokenizer::TokenizerParts> parts_;
};

} // namespace residua
