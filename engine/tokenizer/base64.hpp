#pragma once
// Base64 (RFC 4648, section 4), for the tables that tokenizer files carry.

#include <optional>
#include <string>
#include <string_view>

namespace residua::tokenizer {

/// The bytes that `text` encodes, or nothing where it is no base64 with its padding.
std::optional<std::string> decode_base64(std::string_view text);

} // namespace residua::tokenizer
