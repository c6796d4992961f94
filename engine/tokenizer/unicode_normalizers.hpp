#pragma once
// Normalizers that follow Unicode's properties: NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Nmt.

#include "engine/tokenizer/normalizer.hpp"

namespace residua::tokenizer {

std::unique_ptr<const Normalizer> make_nfc(const Field& field);
std::unique_ptr<const Normalizer> make_nfd(const Field& field);
std::unique_ptr<const Normalizer> make_nfkc(const Field& field);
std::unique_ptr<const Normalizer> make_nfkd(const Field& field);

/// Each code point in lower case.
std::unique_ptr<const Normalizer> make_lowercase(const Field& field);
/// Drops marks; accents are marks in decomposed texts only.
std::unique_ptr<const Normalizer> make_strip_accents(const Field& field);
/// SentencePiece's "nmt" rules: drops control characters, makes other separators spaces.
std::unique_ptr<const Normalizer> make_nmt(const Field& field);

} // namespace residua::tokenizer
