#pragma once
// Writers: one `push` for every plain C++ value, and `set_field` for the fields of a result table.

#include "engine/error.hpp"

#include <concepts>
#include <lua.hpp>
#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>

namespace residua {

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

/// Pushes a bool, integer, number, string, optional (nil when empty) or range of these (a list,
/// also nested). Returns 1, so that a body can end in `return push(L, value)`.
template <class Value> int push(lua_State* L, const Value& value) {
  if constexpr (std::is_same_v<Value, bool>) {
    lua_pushboolean(L, value);
  } else if constexpr (std::is_integral_v<Value>) {
    lua_pushinteger(L, static_cast<lua_Integer>(value));
  } else if constexpr (std::is_floating_point_v<Value>) {
    lua_pushnumber(L, static_cast<lua_Number>(value));
  } else if constexpr (std::convertible_to<const Value&, std::string_view>) {
    const std::string_view text = value;
    lua_pushlstring(L, text.data(), text.size());
  } else if constexpr (is_optional<Value>) {
    if (value)
      return push(L, *value);
    lua_pushnil(L);
  } else {
    static_assert(std::ranges::sized_range<const Value&>, "no Lua form for this type");
    if (!lua_checkstack(L, 3))
      throw Error("the list is nested too deep for Lua's stack", "return a flatter one");
    lua_createtable(L, static_cast<int>(std::ranges::size(value)), 0);
    lua_Integer position = 0;
    for (const auto& element : value) {
      push(L, element);
      lua_rawseti(L, -2, ++position);
    }
  }
  return 1;
}

/// Sets `key` of the table on the stack top, a table of ours without a metatable.
template <class Value> void set_field(lua_State* L, const char* key, const Value& value) {
  push(L, value);
  lua_setfield(L, -2, key);
}

/// An expected failure, such as a missing file: nil and a message.
inline int push_failure(lua_State* L, std::string_view message) {
  lua_pushnil(L);
  return 1 + push(L, message);
}

} // namespace residua
