#include "engine/tokenizer/charsmap.hpp"

#include "engine/error.hpp"
#include "engine/text/utf8.hpp"
#include "engine/tokenizer/code_points.hpp"

#include <algorithm>

namespace residua::tokenizer {

namespace {

constexpr std::size_t kWord = 4;
// Of an entry; bounds the lookup in an array that leads in a circle. The longest in use have
// some 30.
constexpr std::size_t kMaxKeyBytes = 256;

uint32_t little_endian(std::string_view bytes, std::size_t at) {
  uint32_t word = 0;
  for (std::size_t i = 0; i < kWord; ++i)
    word |= uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return word;
}

// The fields of a unit: the byte that leads to it, whether a key ends there, the way to its
// children; and the value in the leaf of a key.
bool has_leaf(uint32_t unit) {
  return ((unit >> 8) & 1) != 0;
}
uint32_t label(uint32_t unit) {
  return unit & 0x800000FFU; // a leaf has the highest bit, so it matches no byte
}
uint32_t offset(uint32_t unit) {
  return (unit >> 10) << ((unit & 0x200U) >> 6);
}
uint32_t value(uint32_t unit) {
  return unit & 0x7FFFFFFFU;
}

} // namespace

Charsmap::Charsmap(std::string_view bytes, std::string name) : name_(std::move(name)) {
  if (bytes.size() < kWord)
    fail(cat("has ", bytes.size(), " bytes, too few for a size"));
  const std::size_t size = little_endian(bytes, 0);
  if (size > bytes.size() - kWord || size % kWord != 0 || size == 0)
    fail(cat("gives its array ", size, " bytes of the ", bytes.size() - kWord, " that follow"));
  units_.reserve(size / kWord);
  for (std::size_t at = kWord; at < kWord + size; at += kWord)
    units_.push_back(little_endian(bytes, at));
  texts_ = bytes.substr(kWord + size);
  if (const auto invalid = utf8::first_invalid(texts_))
    fail(cat("has invalid UTF-8 at byte ", kWord + size + *invalid));
}

void Charsmap::fail(const std::string& what) const {
  throw Error(cat(name_, " ", what), "download or write the file again");
}

uint32_t Charsmap::unit(std::size_t at) const {
  if (at >= units_.size())
    fail(cat("points to unit ", at, " of ", units_.size()));
  return units_[at];
}

std::string_view Charsmap::text_at(std::size_t at) const {
  if (at > texts_.size() || !code_points::is_start(texts_, at))
    fail(cat("points to byte ", at, " of its texts, which begins none"));
  const std::string_view rest = std::string_view(texts_).substr(at);
  return rest.substr(0, rest.find('\0'));
}

std::optional<Replacement> Charsmap::find(std::string_view text, bool longest) const {
  std::optional<std::pair<std::size_t, uint32_t>> found; // length and value
  std::size_t at = offset(unit(0));
  for (std::size_t i = 0; i < std::min(text.size(), kMaxKeyBytes); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    at ^= byte;
    if (byte == 0 || at >= units_.size() || label(units_[at]) != byte)
      break;
    const uint32_t node = units_[at];
    at ^= offset(node);
    if (has_leaf(node) && code_points::is_start(text, i + 1)) {
      found = {i + 1, value(unit(at))};
      if (!longest)
        break;
    }
  }
  if (!found)
    return std::nullopt;
  return Replacement{found->first, text_at(found->second)};
}

} // namespace residua::tokenizer
