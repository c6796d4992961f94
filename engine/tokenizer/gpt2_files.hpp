#pragma once
// Tokenizers published as GPT-2's first was: a vocabulary and a list of merges, without a
// tokenizer.json.

#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <memory>

namespace residua::tokenizer {

/// Byte-level BPE from `vocab.json` and `merges.txt` in `folder`. `config`, the content of
/// tokenizer_config.json, names the special tokens, and says whether one comes before each text.
std::shared_ptr<const Tokenizer> load_gpt2_files(const std::filesystem::path& folder,
                                                 const Field& config);

} // namespace residua::tokenizer
