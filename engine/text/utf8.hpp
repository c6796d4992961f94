#pragma once
// UTF-8: validity and counting.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace residua::utf8 {

/// Byte offset of the first invalid sequence (overlong, surrogate, truncated, > U+10FFFF), if any.
std::optional<std::size_t> first_invalid(std::string_view text);

/// Code points in valid UTF-8; in other text, bytes that are not continuation bytes.
int64_t count(std::string_view text);

} // namespace residua::utf8
