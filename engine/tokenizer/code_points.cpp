#include "engine/tokenizer/code_points.hpp"

namespace residua::tokenizer::code_points {

std::size_t length(unsigned char lead) {
  if (lead < 0x80)
    return 1;
  if (lead < 0xE0)
    return 2;
  return lead < 0xF0 ? 3 : 4;
}

char32_t decode(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = length(lead);
  if (size == 1)
    return lead;
  char32_t point = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  return point;
}

std::size_t last(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && !is_start(text, at))
    --at;
  return at;
}

bool is_start(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

void append(std::string& text, char32_t point) {
  const auto trail = [&](int shift) {
    text += static_cast<char>(0x80 | ((point >> shift) & 0x3F));
  };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | (point >> 6));
    trail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | (point >> 12));
    trail(6);
    trail(0);
  } else {
    text += static_cast<char>(0xF0 | (point >> 18));
    trail(12);
    trail(6);
    trail(0);
  }
}

bool is_space(char32_t point) {
  return (point >= 0x9 && point <= 0xD) || point == 0x20 || point == 0x85 || point == 0xA0 ||
         point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
         point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

std::size_t space_before(std::string_view text, std::size_t at) {
  while (at > 0) {
    const std::size_t before = last(text.substr(0, at));
    if (!is_space(decode(text, before)))
      break;
    at = before;
  }
  return at;
}

std::size_t space_behind(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(decode(text, at)))
    at += length(static_cast<unsigned char>(text[at]));
  return at;
}

namespace {

/// How many trailing bytes a lead byte asks for, and the range of the first of them.
struct Lead {
  std::size_t trails = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

/// The row of Unicode's table 3-7 for `byte`; no trails for ASCII and for bytes that lead nothing.
Lead lead_of(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF)
    return {1};
  if (byte >= 0xE0 && byte <= 0xEF)
    return {2, static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
  if (byte >= 0xF0 && byte <= 0xF4)
    return {3, static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
  return {};
}

/// Bytes of the well-formed prefix of a sequence at `at` (at least 1), and whether it is complete.
std::pair<std::size_t, bool> sequence_at(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (byte(at) < 0x80)
    return {1, true};
  Lead lead = lead_of(byte(at));
  const std::size_t wanted = lead.trails + 1;
  std::size_t size = 1;
  while (size < wanted && at + size < bytes.size() && byte(at + size) >= lead.low &&
         byte(at + size) <= lead.high) {
    lead = {lead.trails};
    ++size;
  }
  return {size, wanted > 1 && size == wanted};
}

} // namespace

std::string repair(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const auto [size, complete] = sequence_at(bytes, at);
    text += complete ? bytes.substr(at, size) : std::string_view("\xEF\xBF\xBD");
    at += size;
  }
  return text;
}

} // namespace residua::tokenizer::code_points
