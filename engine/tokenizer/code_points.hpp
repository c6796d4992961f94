#pragma once
// Steps over the code points of valid UTF-8, and repair of bytes that may not be UTF-8.

#include <cstddef>
#include <string>
#include <string_view>

namespace residua::tokenizer::code_points {

/// Bytes of the code point that starts with `lead`, which must be the first byte of a valid
/// sequence.
std::size_t length(unsigned char lead);

/// The code point at byte `at` of valid UTF-8.
char32_t decode(std::string_view text, std::size_t at);

/// Byte offset of the last code point in valid, non-empty UTF-8.
std::size_t last(std::string_view text);

/// Whether a code point starts at byte `at` of valid UTF-8, or the text ends there.
bool is_start(std::string_view text, std::size_t at);

/// Appends `point` in UTF-8.
void append(std::string& text, char32_t point);

/// Whether Unicode gives `point` the property White_Space.
bool is_space(char32_t point);

/// Where the white space that ends before byte `at` begins, and where that from `at` on ends.
std::size_t space_before(std::string_view text, std::size_t at);
std::size_t space_behind(std::string_view text, std::size_t at);

/// `bytes` with each maximal invalid part replaced by U+FFFD (Unicode 15, section 3.9).
std::string repair(std::string_view bytes);

} // namespace residua::tokenizer::code_points
