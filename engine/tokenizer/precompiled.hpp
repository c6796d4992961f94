#pragma once
// The normalizer "Precompiled": SentencePiece's table of replacements, applied as Hugging Face
// tokenizers applies it.

#include "engine/tokenizer/normalizer.hpp"

namespace residua::tokenizer {

/// Replaces grapheme clusters of less than six bytes, else the characters in them, that begin with
/// an entry of the table; the shortest such entry counts.
std::unique_ptr<const Normalizer> make_precompiled(const Field& field);

} // namespace residua::tokenizer
