#pragma once
// Readers of arguments. They throw ArgError, never raise a Lua error, and never call a metamethod.
// Indices count from 1 in Lua and from 0 in C++: check_dim and check_index are the one place that
// converts.

#include "bindings/push.hpp"

#include <cstdint>
#include <lua.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace residua {

/// Argument `index` of the running function is wrong; the message says what was expected and what
/// came.
class ArgError : public std::runtime_error {
 public:
  ArgError(int index, const std::string& message) : std::runtime_error(message), index_(index) {}
  int index() const noexcept { return index_; }

 private:
  int index_;
};

/// What an error calls the value at `index`: "string", "Tensor", "no value".
std::string type_name(lua_State* L, int index);
/// Rethrows: what is wrong with the value at stack index `at` is wrong with element `position` of
/// argument `index`.
[[noreturn]] void throw_element_error(const ArgError& error, int at, int index, int64_t position);
/// "number expected, got string".
[[noreturn]] void throw_type_error(lua_State* L, int index, std::string_view expected);
/// Whether the argument is absent or nil.
inline bool is_absent(lua_State* L, int index) {
  return lua_isnoneornil(L, index);
}
/// Ensures room for `slots` more values; a body starts with 20.
void reserve(lua_State* L, int slots);

/// Integers and floats with an integral value; no strings.
int64_t check_integer(lua_State* L, int index);
/// As above, within [low, high].
int64_t check_integer(lua_State* L, int index, int64_t low, int64_t high);
double check_number(lua_State* L, int index);
bool check_boolean(lua_State* L, int index);
/// Valid while the argument stays on the stack.
std::string_view check_string(lua_State* L, int index);

int64_t opt_integer(lua_State* L, int index, int64_t otherwise);
double opt_number(lua_State* L, int index, double otherwise);
bool opt_boolean(lua_State* L, int index, bool otherwise);
std::string_view opt_string(lua_State* L, int index, std::string_view otherwise);

/// The same without a default: empty when the argument is absent.
std::optional<int64_t> maybe_integer(lua_State* L, int index);
std::optional<double> maybe_number(lua_State* L, int index);
std::optional<std::string> maybe_string(lua_State* L, int index);

/// "float32, float64, bool", for errors that list what is valid.
std::string listed(std::span<const std::string_view> names);
/// The position in `names` of the string argument: "unknown rank 'var', expected one of: variance,
/// kurtosis".
std::size_t check_enum(lua_State* L, int index, std::string_view what,
                       std::span<const std::string_view> names);

/// Calls `read(stack index, position)` for each element of the list at `index`, read raw. Where an
/// element is wrong, the error names the list's argument and the position.
template <class Read> void read_elements(lua_State* L, int index, Read read) {
  if (lua_type(L, index) != LUA_TTABLE)
    throw_type_error(L, index, "table");
  reserve(L, 4);
  const auto size = static_cast<int64_t>(lua_rawlen(L, index));
  for (int64_t position = 1; position <= size; ++position) {
    lua_rawgeti(L, index, position);
    const int at = lua_gettop(L);
    try {
      read(at, position);
    } catch (const ArgError& error) {
      throw_element_error(error, at, index, position);
    }
    lua_pop(L, 1);
  }
}

/// Lists, read raw: "element 3: number expected, got nil".
std::vector<double> check_numbers(lua_State* L, int index);
std::vector<int64_t> check_integers(lua_State* L, int index);
std::vector<std::string> check_strings(lua_State* L, int index);

/// Dimension 1 ... rank, or -1 ... -rank from the end, as 0 ... rank - 1.
int64_t check_dim(lua_State* L, int index, int64_t rank);
/// Element 1 ... size, or -1 ... -size from the end, as 0 ... size - 1.
int64_t check_index(lua_State* L, int index, int64_t size);
/// A list of elements, each as check_index.
std::vector<int64_t> check_indices(lua_State* L, int index, int64_t size);
/// The same for a number that was read elsewhere: element `position` of argument `index`.
int64_t index_from_one(int64_t value, int64_t size, int index, int64_t position);
/// A dimension when the argument is there.
std::optional<int64_t> maybe_dim(lua_State* L, int index, int64_t rank);

/// Sizes of a shape from `first` on: a list, or all further arguments; -1 leaves one size open.
std::vector<int64_t> check_shape(lua_State* L, int first);

} // namespace residua
