// UTF-8 by the table of well-formed byte sequences (The Unicode Standard, table 3-7).

#include "engine/text/utf8.hpp"

#include <algorithm>

namespace residua::utf8 {
namespace {

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

/// What a lead byte begins: a sequence's length (0: none) and the range of its second byte.
struct Lead {
  std::size_t length;
  unsigned char low;
  unsigned char high;
};

Lead classify(unsigned char byte) {
  if (byte < 0x80)
    return {1, 0, 0};
  if (byte < 0xC2)
    return {0, 0, 0}; // continuation bytes, and the overlong C0, C1
  if (byte < 0xE0)
    return {2, 0x80, 0xBF};
  if (byte == 0xE0)
    return {3, 0xA0, 0xBF}; // no overlong forms
  if (byte == 0xED)
    return {3, 0x80, 0x9F}; // no surrogates
  if (byte < 0xF0)
    return {3, 0x80, 0xBF};
  if (byte == 0xF0)
    return {4, 0x90, 0xBF}; // no overlong forms
  if (byte < 0xF4)
    return {4, 0x80, 0xBF};
  if (byte == 0xF4)
    return {4, 0x80, 0x8F}; // up to U+10FFFF
  return {0, 0, 0};
}

/// Length of the well-formed sequence at `at`, 0 if there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const Lead lead = classify(byte(0));
  if (lead.length < 2)
    return lead.length;
  if (at + lead.length > text.size())
    return 0;
  if (byte(1) < lead.low || byte(1) > lead.high)
    return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if (!is_continuation(byte(i)))
      return 0;
  }
  return lead.length;
}

} // namespace

std::optional<std::size_t> first_invalid(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0)
      return at;
    at += length;
  }
  return std::nullopt;
}

int64_t count(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return !is_continuation(static_cast<unsigned char>(c)); });
}

} // namespace residua::utf8
