#pragma once
// Pickles as data: a reader of Python's pickle format that constructs nothing and calls nothing.

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace residua {

/// A value of a pickle. What Python would construct by a call is a `call`: the global and its
/// arguments, for the reader to interpret.
struct PickleValue {
  enum class Kind { none, boolean, integer, number, text, tuple, list, dict, global, call, stored };
  Kind kind = Kind::none;
  int64_t integer = 0;   ///< also of a boolean
  std::string_view text; ///< of a text, valid as long as the bytes read; of a global, its name
  /// Elements of a tuple or list; key, value, key, value of a dict; global and argument tuple of a
  /// call; the persistent id of what is stored elsewhere.
  std::vector<const PickleValue*> items;

  bool is(Kind wanted) const { return kind == wanted; }
};

/// "a dict", "a string", for messages.
const char* kind_name(PickleValue::Kind kind);

class Pickle {
 public:
  /// Reads protocols 2 to 5. Only the `globals` listed ("torch.FloatStorage") may be named: any
  /// other is an Error that names it, as is every opcode that files of tensors do not need.
  /// `collections.OrderedDict()`, if listed, is an empty dict. `origin` stands in errors.
  static Pickle parse(std::string_view bytes, std::span<const std::string_view> globals,
                      const std::string& origin);

  const PickleValue& root() const { return *root_; }

  Pickle(Pickle&&) = default; // a copy's values would point into the original
  Pickle& operator=(Pickle&&) = default;

 private:
  Pickle() = default;
  std::deque<PickleValue> values_; // all that the pickle holds; they point at each other
  const PickleValue* root_ = nullptr;
};

} // namespace residua
