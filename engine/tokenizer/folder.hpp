#pragma once
// The tokenizer of a model folder, whichever files it is published as.

#include "engine/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <memory>

namespace residua {

/// Loads `tokenizer.json`; without it SentencePiece's `tokenizer.model` (Llama) or
/// `sentencepiece.bpe.model` (XGLM); without these GPT-2's `vocab.json` and `merges.txt`, as OPT is
/// published. The latter three follow `tokenizer_config.json`. Null if the folder has none of them.
std::shared_ptr<const Tokenizer> load_folder_tokenizer(const std::filesystem::path& folder);

} // namespace residua
