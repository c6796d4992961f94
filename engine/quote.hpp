#pragma once
// Names from files in error messages: whatever they hold, the message stays one readable line.

#include <string>

namespace residua {

/// `text` in single quotes, control characters as \xNN, cut after 80 bytes.
inline std::string quote(const std::string& text) {
  constexpr std::size_t kMost = 80;
  constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "'";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f)
      quoted += c;
    else
      quoted.append("\\x").append({kHex[byte >> 4], kHex[byte & 15]});
  }
  return quoted + (text.size() > kMost ? "...'" : "'");
}

} // namespace residua
