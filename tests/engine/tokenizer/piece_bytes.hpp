#pragma once
// Writes small SentencePiece files for tests, field by field.

#include <bit>
#include <cstdint>
#include <string>

namespace residua::reference {

inline std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7)
    bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

inline std::string integer_field(uint64_t number, uint64_t value) {
  return varint(number << 3) + varint(value);
}

inline std::string bytes_field(uint64_t number, const std::string& bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}

inline std::string float_field(uint64_t number, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  std::string bytes = varint(number << 3 | 5);
  for (int i = 0; i < 4; ++i)
    bytes += static_cast<char>(bits >> (8 * i));
  return bytes;
}

/// A piece; kinds are normal 1, unknown 2, control 3, of users 4, unused 5, byte 6.
inline std::string piece(const std::string& text, float score, uint64_t kind = 1) {
  return bytes_field(1, bytes_field(1, text) + float_field(2, score) + integer_field(3, kind));
}

/// <unk>, <s> and </s>, as all files have them.
inline std::string usual_pieces() {
  return piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3);
}

/// Algorithms are unigram 1, bpe 2, word 3, char 4.
inline std::string trainer(uint64_t algorithm, bool byte_fallback = false) {
  return bytes_field(2, integer_field(3, algorithm) + integer_field(35, byte_fallback ? 1 : 0));
}

/// How texts are spelled: with a space before, and with extra white space removed.
inline std::string normalizer(bool prefix, bool trim) {
  return bytes_field(3, integer_field(3, prefix ? 1 : 0) + integer_field(4, trim ? 1 : 0));
}

} // namespace residua::reference
