#pragma once
// Reads the fields of a protocol buffer message, checked, without its schema.

#include <cstdint>
#include <string>
#include <string_view>

namespace residua::tokenizer {

/// Steps through the fields of one message.
///
///     for (WireFields fields(bytes, 0, "f.model"); fields.next();)
///       if (fields.number() == 1) name = fields.bytes();
class WireFields {
 public:
  /// `offset` of the message in the file and the file's `name` stand in error messages.
  WireFields(std::string_view message, std::size_t offset, const std::string& name)
      : message_(message), offset_(offset), name_(&name) {}

  /// Goes to the next field; false at the end of the message. Throws Error where it is damaged.
  bool next();

  uint64_t number() const { return number_; }
  // The value of the field; Error where it is of another kind.
  uint64_t integer() const; ///< also of enumerations; negative ones wrap around
  bool flag() const { return integer() != 0; }
  float single() const;
  std::string_view bytes() const; ///< of a string or of a message within this one
  WireFields message() const;     ///< the fields of a message within this one

  [[noreturn]] void fail(const std::string& what) const;

 private:
  enum class Kind { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
  uint64_t read_varint();
  std::string_view take(uint64_t size);
  void require(Kind kind) const;

  std::string_view message_;
  std::size_t offset_;
  const std::string* name_;
  std::size_t at_ = 0;
  uint64_t number_ = 0;
  Kind kind_ = Kind::kVarint;
  uint64_t integer_ = 0;
  std::string_view bytes_;
};

} // namespace residua::tokenizer
