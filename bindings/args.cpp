#include "bindings/args.hpp"

#include "engine/error.hpp"

#include <algorithm>

namespace residua {

namespace {

// Of a shape; keeps bad input from making tensors of a million dimensions.
constexpr int64_t kMaxRank = 16;

/// The integer at `index`, or nothing when it is not one.
std::optional<int64_t> read_integer(lua_State* L, int index) {
  int converted = 0;
  const lua_Integer value = lua_tointegerx(L, index, &converted);
  if (!converted || lua_type(L, index) != LUA_TNUMBER)
    return std::nullopt;
  return value;
}

std::string integer_error(lua_State* L, int index) {
  const bool fraction = lua_type(L, index) == LUA_TNUMBER;
  return "integer expected, got " + (fraction ? cat(lua_tonumber(L, index)) : type_name(L, index));
}

/// Counts from 1, or from the end when negative, to counting from 0; `what` is "dim" or "index".
int64_t from_one(int64_t value, int64_t size, const char* what, int index,
                 const std::string& place) {
  if (value >= 1 && value <= size)
    return value - 1;
  if (value <= -1 && value >= -size)
    return value + size;
  const std::string range =
      size == 0 ? ": there are none" : cat(", expected 1 to ", size, " or -", size, " to -1");
  throw ArgError(index, cat(place, what, " ", value, " out of range", range));
}

std::string element_place(int64_t position) {
  return cat("element ", position, ": ");
}

void require_sizes(const std::vector<int64_t>& shape, int index) {
  if (static_cast<int64_t>(shape.size()) > kMaxRank)
    throw ArgError(index, cat(shape.size(), " dimensions, expected at most ", kMaxRank));
  for (const int64_t size : shape)
    if (size < -1)
      throw ArgError(index, cat("size ", size, " of a dimension is negative"));
}

} // namespace

std::string type_name(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || luaL_getmetafield(L, index, "__name") == LUA_TNIL)
    return luaL_typename(L, index);
  const char* name = lua_tostring(L, -1);
  std::string result = name ? name : "userdata";
  lua_pop(L, 1);
  return result;
}

void throw_type_error(lua_State* L, int index, std::string_view expected) {
  throw ArgError(index, cat(expected, " expected, got ", type_name(L, index)));
}

void throw_element_error(const ArgError& error, int at, int index, int64_t position) {
  if (error.index() != at)
    throw error;
  throw ArgError(index, element_place(position) + error.what());
}

void reserve(lua_State* L, int slots) {
  if (!lua_checkstack(L, slots))
    throw Error(cat("Lua stack has no room for ", slots, " more values"), "pass fewer values");
}

int64_t check_integer(lua_State* L, int index) {
  const auto value = read_integer(L, index);
  if (!value)
    throw ArgError(index, integer_error(L, index));
  return *value;
}

int64_t check_integer(lua_State* L, int index, int64_t low, int64_t high) {
  const int64_t value = check_integer(L, index);
  if (value < low || value > high)
    throw ArgError(index, cat(value, " out of range, expected ", low, " to ", high));
  return value;
}

double check_number(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TNUMBER)
    throw_type_error(L, index, "number");
  return lua_tonumber(L, index);
}

bool check_boolean(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TBOOLEAN)
    throw_type_error(L, index, "boolean");
  return lua_toboolean(L, index) != 0;
}

std::string_view check_string(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TSTRING)
    throw_type_error(L, index, "string");
  std::size_t size = 0;
  const char* text = lua_tolstring(L, index, &size);
  return {text, size};
}

int64_t opt_integer(lua_State* L, int index, int64_t otherwise) {
  return is_absent(L, index) ? otherwise : check_integer(L, index);
}

double opt_number(lua_State* L, int index, double otherwise) {
  return is_absent(L, index) ? otherwise : check_number(L, index);
}

bool opt_boolean(lua_State* L, int index, bool otherwise) {
  return is_absent(L, index) ? otherwise : check_boolean(L, index);
}

std::string_view opt_string(lua_State* L, int index, std::string_view otherwise) {
  return is_absent(L, index) ? otherwise : check_string(L, index);
}

std::optional<int64_t> maybe_integer(lua_State* L, int index) {
  return is_absent(L, index) ? std::nullopt : std::optional(check_integer(L, index));
}

std::optional<double> maybe_number(lua_State* L, int index) {
  return is_absent(L, index) ? std::nullopt : std::optional(check_number(L, index));
}

std::optional<std::string> maybe_string(lua_State* L, int index) {
  return is_absent(L, index) ? std::nullopt : std::optional(std::string(check_string(L, index)));
}

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names)
    text += cat(text.empty() ? "" : ", ", name);
  return text;
}

std::size_t check_enum(lua_State* L, int index, std::string_view what,
                       std::span<const std::string_view> names) {
  const std::string_view value = check_string(L, index);
  const auto found = std::find(names.begin(), names.end(), value);
  if (found != names.end())
    return static_cast<std::size_t>(found - names.begin());
  throw ArgError(index, cat("unknown ", what, " '", value, "', expected one of: ", listed(names)));
}

std::vector<double> check_numbers(lua_State* L, int index) {
  std::vector<double> values;
  read_elements(L, index, [&](int at, int64_t) { values.push_back(check_number(L, at)); });
  return values;
}

std::vector<int64_t> check_integers(lua_State* L, int index) {
  std::vector<int64_t> values;
  read_elements(L, index, [&](int at, int64_t) { values.push_back(check_integer(L, at)); });
  return values;
}

std::vector<std::string> check_strings(lua_State* L, int index) {
  std::vector<std::string> values;
  read_elements(L, index, [&](int at, int64_t) { values.emplace_back(check_string(L, at)); });
  return values;
}

int64_t check_dim(lua_State* L, int index, int64_t rank) {
  return from_one(check_integer(L, index), rank, "dim", index, "");
}

int64_t check_index(lua_State* L, int index, int64_t size) {
  return from_one(check_integer(L, index), size, "index", index, "");
}

std::vector<int64_t> check_indices(lua_State* L, int index, int64_t size) {
  std::vector<int64_t> values;
  read_elements(L, index, [&](int at, int64_t) { values.push_back(check_index(L, at, size)); });
  return values;
}

int64_t index_from_one(int64_t value, int64_t size, int index, int64_t position) {
  return from_one(value, size, "index", index, element_place(position));
}

std::optional<int64_t> maybe_dim(lua_State* L, int index, int64_t rank) {
  return is_absent(L, index) ? std::nullopt : std::optional(check_dim(L, index, rank));
}

std::vector<int64_t> check_shape(lua_State* L, int first) {
  std::vector<int64_t> shape;
  if (lua_type(L, first) == LUA_TTABLE)
    shape = check_integers(L, first);
  else
    for (int index = first; index <= lua_gettop(L); ++index)
      shape.push_back(check_integer(L, index));
  require_sizes(shape, first);
  return shape;
}

} // namespace residua
