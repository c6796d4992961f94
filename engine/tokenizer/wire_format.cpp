#include "engine/tokenizer/wire_format.hpp"

#include "engine/error.hpp"

#include <bit>

namespace residua::tokenizer {

bool WireFields::next() {
  if (at_ >= message_.size())
    return false;
  const uint64_t tag = read_varint();
  number_ = tag >> 3;
  kind_ = static_cast<Kind>(tag & 7);
  switch (kind_) {
    case Kind::kVarint:
      integer_ = read_varint();
      return true;
    case Kind::kFixed64:
      bytes_ = take(8);
      return true;
    case Kind::kBytes:
      bytes_ = take(read_varint());
      return true;
    case Kind::kFixed32:
      bytes_ = take(4);
      return true;
  }
  fail(cat("holds a value of the unknown kind ", tag & 7));
}

uint64_t WireFields::read_varint() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at_ < message_.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(message_[at_++]);
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80)
      return value;
  }
  fail("holds a number that does not end");
}

std::string_view WireFields::take(uint64_t size) {
  if (size > message_.size() - at_)
    fail(cat("holds a value of ", size, " bytes, beyond its end"));
  const std::string_view bytes = message_.substr(at_, size);
  at_ += size;
  return bytes;
}

void WireFields::require(Kind kind) const {
  if (kind_ != kind)
    fail(cat("has a field ", number_, " of another kind than a SentencePiece model"));
}

uint64_t WireFields::integer() const {
  require(Kind::kVarint);
  return integer_;
}

float WireFields::single() const {
  require(Kind::kFixed32);
  uint32_t bits = 0;
  for (int i = 3; i >= 0; --i)
    bits = (bits << 8) | static_cast<unsigned char>(bytes_[static_cast<std::size_t>(i)]);
  return std::bit_cast<float>(bits);
}

std::string_view WireFields::bytes() const {
  require(Kind::kBytes);
  return bytes_;
}

WireFields WireFields::message() const {
  const std::string_view inner = bytes();
  return {inner, offset_ + static_cast<std::size_t>(inner.data() - message_.data()), *name_};
}

void WireFields::fail(const std::string& what) const {
  throw Error(cat(*name_, ": at byte ", offset_ + at_, " the file ", what),
              "download or write the file again");
}

} // namespace residua::tokenizer
