#include "bindings/nested.hpp"

#include "bindings/args.hpp"
#include "engine/error.hpp"

namespace residua {

namespace {

constexpr std::size_t kMaxDepth = 16;

class Reader {
 public:
  Reader(lua_State* L, int index) : L_(L), index_(index) {}

  Nested read() {
    reserve(L_, static_cast<int>(kMaxDepth) + 4);
    lua_pushvalue(L_, index_);
    measure();
    read_level(0);
    lua_pop(L_, 1);
    return std::move(nested_);
  }

 private:
  /// The shape follows the first element of each level. [value]
  void measure() {
    const int top = lua_gettop(L_);
    while (lua_type(L_, -1) == LUA_TTABLE) {
      if (nested_.shape.size() == kMaxDepth)
        throw ArgError(index_, cat("nested deeper than ", kMaxDepth, " tables"));
      nested_.shape.push_back(static_cast<int64_t>(lua_rawlen(L_, -1)));
      lua_rawgeti(L_, -1, 1);
    }
    lua_settop(L_, top);
  }

  /// [value of this level]
  void read_level(std::size_t level) {
    if (level == nested_.shape.size())
      return read_number();
    if (lua_type(L_, -1) != LUA_TTABLE)
      fail(cat("table expected, got ", type_name(L_, -1)));
    const auto size = static_cast<int64_t>(lua_rawlen(L_, -1));
    if (size != nested_.shape[level])
      fail(cat(nested_.shape[level], " elements expected, got ", size));
    for (int64_t position = 1; position <= size; ++position) {
      path_.push_back(position);
      lua_rawgeti(L_, -1, position);
      read_level(level + 1);
      lua_pop(L_, 1);
      path_.pop_back();
    }
  }

  void read_number() {
    if (lua_type(L_, -1) != LUA_TNUMBER)
      fail(cat("number expected, got ", type_name(L_, -1)));
    nested_.values.push_back(lua_tonumber(L_, -1));
  }

  [[noreturn]] void fail(const std::string& message) const {
    std::string place = path_.empty() ? "" : "element ";
    for (const int64_t position : path_)
      place += cat("[", position, "]");
    throw ArgError(index_, place + (path_.empty() ? "" : ": ") + message);
  }

  lua_State* L_;
  int index_;
  Nested nested_;
  std::vector<int64_t> path_;
};

} // namespace

Nested check_nested(lua_State* L, int index) {
  return Reader(L, index).read();
}

int push_nested(lua_State* L, std::span<const int64_t> shape, std::span<const double> values) {
  if (shape.empty())
    return push(L, values.front());
  if (shape.size() == 1)
    return push(L, values);
  reserve(L, 4);
  lua_createtable(L, static_cast<int>(shape[0]), 0);
  const std::size_t stride = shape[0] ? values.size() / static_cast<std::size_t>(shape[0]) : 0;
  for (int64_t row = 0; row < shape[0]; ++row) {
    push_nested(L, shape.subspan(1),
                values.subspan(static_cast<std::size_t>(row) * stride, stride));
    lua_rawseti(L, -2, row + 1);
  }
  return 1;
}

} // namespace residua
