#pragma once
// What the opcodes of a pickle work on: its bytes, a stack with marks, and a memo. Every access is
// checked; errors name the offset of the opcode.

#include "engine/model/pickle.hpp"

#include <cstring>
#include <unordered_map>

namespace residua {

class PickleMachine {
 public:
  using Kind = PickleValue::Kind;

  PickleMachine(std::string_view bytes, std::span<const std::string_view> globals,
                const std::string& origin, std::deque<PickleValue>& values)
      : bytes_(bytes), globals_(globals), origin_(origin), values_(values) {}

  /// `what` happens at the offset of the opcode: the file is damaged.
  [[noreturn]] void fail(const std::string& what) const;

  unsigned char opcode();                ///< the next one
  std::string_view take(uint64_t count); ///< the next bytes
  std::string_view line();               ///< up to the next line feed, without it
  template <class Number> Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  /// Pushes a new value.
  PickleValue& push(Kind kind);
  void push_integer(Kind kind, int64_t value) { push(kind).integer = value; }
  void push_text(std::string_view text) { push(Kind::text).text = text; }
  void push_items(Kind kind, std::vector<const PickleValue*> items);
  /// Throws unless "module.name" is a listed global.
  void push_global(std::string_view module, std::string_view name);

  const PickleValue* pop() { return take_top(); }
  const PickleValue* pop(Kind kind);
  std::vector<const PickleValue*> pop(std::size_t count);
  /// The container on the stack's top, which stays there.
  PickleValue& top(Kind kind);

  void mark() { marks_.push_back(stack_.size()); }
  std::vector<const PickleValue*> pop_to_mark();

  void put(uint32_t slot) { memo_[slot] = &top(); }
  void put_next() { put(static_cast<uint32_t>(memo_.size())); }
  void get(uint32_t slot);

 private:
  PickleValue* take_top();
  PickleValue& top();

  std::string_view bytes_;
  std::span<const std::string_view> globals_;
  const std::string& origin_;
  std::deque<PickleValue>& values_;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_; // sizes of the stack; what lies below the last is out of reach
  std::unordered_map<uint32_t, PickleValue*> memo_;
  std::size_t at_ = 0, opcode_at_ = 0;
};

} // namespace residua
