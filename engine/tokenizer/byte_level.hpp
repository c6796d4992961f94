#pragma once
// GPT-2's code for bytes: each byte stands as one printable code point, so that any text is a
// string of 256 symbols.

#include <optional>
#include <string>
#include <string_view>

namespace residua::tokenizer::byte_level {

/// GPT-2's pattern of words: contractions, letters, numbers and other signs with a space before,
/// spaces.
inline constexpr std::string_view kWordPattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// The symbol of a byte: itself if printable in Latin-1, else the next free code point from U+0100.
char32_t symbol(unsigned char byte);
/// The byte of a symbol.
std::optional<unsigned char> byte(char32_t symbol);

/// The symbols of the bytes of `text`, in UTF-8.
std::string encode(std::string_view text);
/// The bytes of a token made of symbols, or the token's own bytes if another code point is in it.
std::string decode(std::string_view token);

} // namespace residua::tokenizer::byte_level
