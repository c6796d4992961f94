#pragma once
// Trains byte-level byte-pair encoding: texts to a `tokenizer.json`.

#include <cstdint>
#include <string>
#include <vector>

namespace residua {

/// The text of a `tokenizer.json` of `vocab_size` tokens: `special_tokens` first, then the 256 byte
/// symbols by code point, then merges of GPT-2 words by frequency (ties: the smaller ids), as
/// Hugging Face's trainer makes them; fewer if nothing is left to merge. The first special token,
/// if any, is put before every encoded text. `weights` multiply the word counts of their texts
/// (none: 1); a word's count is rounded, and it is left out at 0.
std::string train_byte_bpe(const std::vector<std::string>& texts, int64_t vocab_size,
                           const std::vector<std::string>& special_tokens,
                           const std::vector<double>& weights = {});

} // namespace residua
