#include "engine/tokenizer/base64.hpp"

#include <cstdint>

namespace residua::tokenizer {

static int digit(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0; // the digits of a group of four, from its start
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = i < text.size() - padding ? digit(text[i]) : 0;
    if (value < 0)
      return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    if (i % 4 == 3)
      bytes +=
          {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
  }
  for (std::size_t i = 0; i < padding; ++i) {
    if (bytes.back() != '\0') // digits beyond the last byte
      return std::nullopt;
    bytes.pop_back();
  }
  return bytes;
}

} // namespace residua::tokenizer
