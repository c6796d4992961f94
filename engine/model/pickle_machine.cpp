#include "engine/model/pickle_machine.hpp"

#include "engine/error.hpp"
#include "engine/quote.hpp"

#include <algorithm>

namespace residua {

static constexpr std::size_t kMostValues = std::size_t{1} << 22; // a tensor takes about ten

void PickleMachine::fail(const std::string& what) const {
  throw Error(cat(origin_, ": ", what, " at offset ", opcode_at_),
              "the file is damaged: download or save it again");
}

unsigned char PickleMachine::opcode() {
  opcode_at_ = at_;
  return static_cast<unsigned char>(take(1)[0]);
}

std::string_view PickleMachine::take(uint64_t count) {
  if (count > bytes_.size() - at_)
    fail("the pickle ends too early for what begins");
  const std::string_view taken = bytes_.substr(at_, count);
  at_ += count;
  return taken;
}

std::string_view PickleMachine::line() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos)
    fail("the pickle ends too early for the name that begins");
  const std::string_view text = take(end - at_);
  ++at_;
  return text;
}

PickleValue& PickleMachine::push(Kind kind) {
  if (values_.size() == kMostValues)
    fail(cat("the pickle holds more than ", kMostValues, " values"));
  PickleValue& value = values_.emplace_back();
  value.kind = kind;
  stack_.push_back(&value);
  return value;
}

void PickleMachine::push_items(Kind kind, std::vector<const PickleValue*> items) {
  push(kind).items = std::move(items);
}

void PickleMachine::push_global(std::string_view module, std::string_view name) {
  const std::string full = cat(module, ".", name);
  const auto found = std::find(globals_.begin(), globals_.end(), full);
  if (found == globals_.end())
    throw Error(cat(origin_, ": names ", quote(full), " at offset ", opcode_at_,
                    ", which no file of tensors needs"),
                "nothing was run; write a file of tensors alone: torch.save(model.state_dict(), "
                "FILE)");
  push(Kind::global).text = *found;
}

PickleValue* PickleMachine::take_top() {
  PickleValue* value = &top();
  stack_.pop_back();
  return value;
}

PickleValue& PickleMachine::top() {
  if (stack_.size() == (marks_.empty() ? 0 : marks_.back()))
    fail("the pickle takes a value that is not there");
  return *stack_.back();
}

PickleValue& PickleMachine::top(Kind kind) {
  PickleValue& value = top();
  if (!value.is(kind))
    fail(cat("the pickle has ", kind_name(value.kind), " where ", kind_name(kind), " belongs"));
  return value;
}

const PickleValue* PickleMachine::pop(Kind kind) {
  top(kind);
  return take_top();
}

std::vector<const PickleValue*> PickleMachine::pop(std::size_t count) {
  std::vector<const PickleValue*> items(count);
  for (std::size_t i = count; i-- > 0;)
    items[i] = take_top();
  return items;
}

std::vector<const PickleValue*> PickleMachine::pop_to_mark() {
  if (marks_.empty())
    fail("the pickle ends a group that was not begun");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<const PickleValue*> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

void PickleMachine::get(uint32_t slot) {
  const auto found = memo_.find(slot);
  if (found == memo_.end())
    fail(cat("the pickle recalls value ", slot, ", which it did not keep,"));
  stack_.push_back(found->second);
}

} // namespace residua
