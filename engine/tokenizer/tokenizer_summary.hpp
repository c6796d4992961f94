#pragma once
// What a folder's tokenizer is, without making it: a large one takes seconds to load.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace residua {

struct TokenizerSummary {
  std::string kind;             ///< "BPE", "Unigram", "SentencePiece"
  std::optional<int64_t> vocab; ///< as Tokenizer::vocab_size(); not of a SentencePiece file
};

/// Of tokenizer.json, else of tokenizer.model; nothing when there is neither.
std::optional<TokenizerSummary> summarize_tokenizer(const std::filesystem::path& folder);

} // namespace residua
