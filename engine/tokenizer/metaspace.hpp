#pragma once
// "Metaspace": spaces as a visible sign that begins words, both ways.

#include "engine/tokenizer/decoder.hpp"
#include "engine/tokenizer/pretokenizer.hpp"

namespace residua::tokenizer {

/// Puts the sign for each space, and one before the text where the file says so; splits before it.
std::unique_ptr<const PreTokenizer> make_metaspace(const Field& field);

/// Puts a space for each sign; those of the first token are dropped if signs were put before texts.
std::unique_ptr<const Decoder> make_metaspace_decoder(const Field& field);

} // namespace residua::tokenizer
