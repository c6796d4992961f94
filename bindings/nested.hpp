#pragma once
// Nested Lua tables of numbers, to and from rows of numbers with a shape.

#include <cstdint>
#include <lua.hpp>
#include <span>
#include <vector>

namespace residua {

/// Numbers in row-major order.
struct Nested {
  std::vector<int64_t> shape;
  std::vector<double> values;
};

/// Reads numbers nested to any depth up to 16, all rows of one length; a single number has no
/// dimensions. Throws ArgError that names the element: "element [2][3]: number expected, got nil".
Nested check_nested(lua_State* L, int index);

/// Pushes `values` as tables nested by `shape`; a single number where the shape is empty.
int push_nested(lua_State* L, std::span<const int64_t> shape, std::span<const double> values);

} // namespace residua
