#include "engine/tokenizer/byte_level.hpp"

#include "engine/tokenizer/code_points.hpp"

#include <array>
#include <cstdint>

namespace residua::tokenizer::byte_level {

namespace {

constexpr char32_t kFirstFree = 0x100;
constexpr std::size_t kSymbolEnd = 0x144; // 68 bytes are not printable in Latin-1

bool printable(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Tables {
  std::array<char32_t, 256> symbols{};
  std::array<std::string, 256> encoded; // the symbols in UTF-8
  std::array<int16_t, kSymbolEnd> bytes{};

  Tables() {
    bytes.fill(-1);
    char32_t next = kFirstFree;
    for (unsigned b = 0; b < 256; ++b) {
      symbols[b] = printable(b) ? b : next++;
      bytes[symbols[b]] = static_cast<int16_t>(b);
      code_points::append(encoded[b], symbols[b]);
    }
  }
};

const Tables& tables() {
  static const Tables instance;
  return instance;
}

} // namespace

char32_t symbol(unsigned char byte) {
  return tables().symbols[byte];
}

std::optional<unsigned char> byte(char32_t symbol) {
  const int found = symbol < kSymbolEnd ? tables().bytes[symbol] : -1;
  return found < 0 ? std::nullopt : std::optional(static_cast<unsigned char>(found));
}

std::string encode(std::string_view text) {
  const auto& encoded = tables().encoded;
  std::string symbols;
  symbols.reserve(2 * text.size());
  for (const char c : text)
    symbols += encoded[static_cast<unsigned char>(c)];
  return symbols;
}

std::string decode(std::string_view token) {
  std::string bytes;
  for (std::size_t at = 0; at < token.size();
       at += code_points::length(static_cast<unsigned char>(token[at]))) {
    const auto found = byte(code_points::decode(token, at));
    if (!found)
      return std::string(token);
    bytes += static_cast<char>(*found);
  }
  return bytes;
}

} // namespace residua::tokenizer::byte_level
