// Readers and writers of plain values.

#include "tests/support/catch.hpp"

#include "bindings/args.hpp"
#include "tests/bindings/lua_state.hpp"

#include <limits>

using namespace residua;
using Catch::Contains;

namespace {

/// A bare state whose stack holds the values of `code`.
struct Stack {
  explicit Stack(const std::string& code) : L(luaL_newstate()) {
    luaL_openlibs(L);
    if (luaL_dostring(L, ("return " + code).c_str()))
      throw std::runtime_error(lua_tostring(L, -1));
  }
  ~Stack() { lua_close(L); }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  lua_State* const L;
};

template <class Read> std::string error_of(const std::string& code, Read read) {
  const Stack stack(code);
  try {
    read(stack.L);
  } catch (const ArgError& error) {
    return cat(error.index(), ": ", error.what());
  }
  return "none";
}

} // namespace

TEST_CASE("scalars are read without conversions") {
  const Stack stack("3, 3.0, 2.5, 'x\\0y', true, nil");
  CHECK(check_integer(stack.L, 1) == 3);
  CHECK(check_integer(stack.L, 2) == 3);
  CHECK(check_number(stack.L, 1) == 3.0);
  CHECK(check_number(stack.L, 3) == 2.5);
  CHECK(check_string(stack.L, 4) == std::string_view("x\0y", 3));
  CHECK(check_boolean(stack.L, 5));
  CHECK(lua_gettop(stack.L) == 6);
}

TEST_CASE("wrong scalars say what was expected and what came") {
  const auto integer = [](lua_State* L) { check_integer(L, 1); };
  CHECK(error_of("'12'", integer) == "1: integer expected, got string");
  CHECK(error_of("2.5", integer) == "1: integer expected, got 2.5");
  CHECK(error_of("0/0", integer) == "1: integer expected, got -nan");
  CHECK(error_of("1e300", integer) == "1: integer expected, got 1e+300");
  CHECK(error_of("", integer) == "1: integer expected, got no value");
  CHECK(error_of("9", [](lua_State* L) { check_integer(L, 1, 2, 8); }) ==
        "1: 9 out of range, expected 2 to 8");
  CHECK(error_of("'1.5'", [](lua_State* L) { check_number(L, 1); }) ==
        "1: number expected, got string");
  CHECK(error_of("1, 0", [](lua_State* L) { check_boolean(L, 2); }) ==
        "2: boolean expected, got number");
  CHECK(error_of("12", [](lua_State* L) { check_string(L, 1); }) ==
        "1: string expected, got number");
  CHECK(error_of("io.stdout", [](lua_State* L) { check_string(L, 1); }) ==
        "1: string expected, got FILE*");
}

TEST_CASE("optional arguments may be nil or absent, not wrong") {
  const Stack stack("nil");
  for (const int index : {1, 5}) {
    CHECK(opt_integer(stack.L, index, 7) == 7);
    CHECK(opt_number(stack.L, index, 0.5) == 0.5);
    CHECK(opt_boolean(stack.L, index, true));
    CHECK(opt_string(stack.L, index, "d") == "d");
    CHECK_FALSE(maybe_integer(stack.L, index));
    CHECK_FALSE(maybe_number(stack.L, index));
    CHECK_FALSE(maybe_string(stack.L, index));
    CHECK_FALSE(maybe_dim(stack.L, index, 2));
  }
  CHECK(error_of("'x'", [](lua_State* L) { opt_integer(L, 1, 7); }) ==
        "1: integer expected, got string");
}

TEST_CASE("an enum lists what is valid") {
  constexpr std::string_view kRanks[] = {"variance", "kurtosis", "outliers"};
  const Stack stack("'kurtosis'");
  CHECK(check_enum(stack.L, 1, "rank", kRanks) == 1);
  CHECK(error_of("'var'", [&](lua_State* L) { check_enum(L, 1, "rank", kRanks); }) ==
        "1: unknown rank 'var', expected one of: variance, kurtosis, outliers");
}

TEST_CASE("lists are read raw and name a wrong element") {
  const Stack stack(
      "{1, 2.5}, {1, 2.0}, {'a', 'b'}, {}, setmetatable({1}, "
      "{ __index = function() error('called') end, __len = function() error('called') end })");
  CHECK(check_numbers(stack.L, 1) == std::vector<double>{1, 2.5});
  CHECK(check_integers(stack.L, 2) == std::vector<int64_t>{1, 2});
  CHECK(check_strings(stack.L, 3) == std::vector<std::string>{"a", "b"});
  CHECK(check_numbers(stack.L, 4).empty());
  CHECK(check_numbers(stack.L, 5) == std::vector<double>{1});
  CHECK(lua_gettop(stack.L) == 5);
  CHECK(error_of("{1, 2, {}}", [](lua_State* L) { check_numbers(L, 1); }) ==
        "1: element 3: number expected, got table");
  CHECK(error_of("{1, nil, 3}", [](lua_State* L) { check_numbers(L, 1); }) ==
        "1: element 2: number expected, got nil");
  CHECK(error_of("{1, 2.5}", [](lua_State* L) { check_integers(L, 1); }) ==
        "1: element 2: integer expected, got 2.5");
  CHECK(error_of("{'a', 1}", [](lua_State* L) { check_strings(L, 1); }) ==
        "1: element 2: string expected, got number");
  CHECK(error_of("3", [](lua_State* L) { check_strings(L, 1); }) ==
        "1: table expected, got number");
}

TEST_CASE("a wrong element of any kind names the list's argument") {
  const auto lists = [](lua_State* L) {
    read_elements(L, 2, [L](int at, int64_t) { check_integers(L, at); });
  };
  CHECK(error_of("0, {{1}, {1, 'x'}}", lists) ==
        "2: element 2: element 2: integer expected, got string");
  CHECK(error_of("0, {{1}, 7}", lists) == "2: element 2: table expected, got number");
  CHECK(error_of("0, {1}", [](lua_State* L) {
          read_elements(L, 2, [](int, int64_t) { throw ArgError(1, "of another argument"); });
        }) == "1: of another argument");
}

TEST_CASE("a table that claims a huge length fails at its first hole") {
  const auto numbers = [](lua_State* L) { check_numbers(L, 1); };
  const std::string sparse =
      "(function() local t = {} for i = 0, 61 do t[1 << i] = 1 end return t end)()";
  CHECK_THAT(error_of(sparse, numbers),
             Contains("element 3: number expected, got nil") || Contains("none"));
}

TEST_CASE("dims and elements count from 1, or from -1 backwards") {
  const Stack stack("1, 3, -1, -3");
  CHECK(check_dim(stack.L, 1, 3) == 0);
  CHECK(check_dim(stack.L, 2, 3) == 2);
  CHECK(check_dim(stack.L, 3, 3) == 2);
  CHECK(check_index(stack.L, 4, 3) == 0);
  CHECK(error_of("0", [](lua_State* L) { check_dim(L, 1, 2); }) ==
        "1: dim 0 out of range, expected 1 to 2 or -2 to -1");
  CHECK(error_of("5, 4", [](lua_State* L) { check_index(L, 2, 3); }) ==
        "2: index 4 out of range, expected 1 to 3 or -3 to -1");
  CHECK(error_of("-4", [](lua_State* L) { check_index(L, 1, 3); }) ==
        "1: index -4 out of range, expected 1 to 3 or -3 to -1");
  CHECK(error_of("1", [](lua_State* L) { check_index(L, 1, 0); }) ==
        "1: index 1 out of range: there are none");
  CHECK(error_of("math.mininteger", [](lua_State* L) { check_index(L, 1, 3); }) ==
        "1: index -9223372036854775808 out of range, expected 1 to 3 or -3 to -1");
}

TEST_CASE("lists of elements are converted and checked one by one") {
  const Stack stack("{1, -1, 2}");
  CHECK(check_indices(stack.L, 1, 4) == std::vector<int64_t>{0, 3, 1});
  CHECK(error_of("{1, 5}", [](lua_State* L) { check_indices(L, 1, 4); }) ==
        "1: element 2: index 5 out of range, expected 1 to 4 or -4 to -1");
}

TEST_CASE("a shape is a list or the rest of the arguments") {
  const Stack stack("'seed', 2, 3, {4, 5}");
  lua_settop(stack.L, 3);
  CHECK(check_shape(stack.L, 2) == std::vector<int64_t>{2, 3});
  CHECK(check_shape(Stack("{4, 5}").L, 1) == std::vector<int64_t>{4, 5});
  CHECK(check_shape(stack.L, 4).empty());
  CHECK(error_of("2, -3", [](lua_State* L) { check_shape(L, 1); }) ==
        "1: size -3 of a dimension is negative");
  CHECK(error_of("2, 'x'", [](lua_State* L) { check_shape(L, 1); }) ==
        "2: integer expected, got string");
  CHECK(error_of("table.unpack({}, 1, 0)", [](lua_State* L) { check_shape(L, 1); }) == "none");
  CHECK(error_of("{1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1}", [](lua_State* L) { check_shape(L, 1); }) ==
        "1: 17 dimensions, expected at most 16");
}

TEST_CASE("writers give the Lua form of each value") {
  const Stack stack("nil");
  lua_State* L = stack.L;
  lua_settop(L, 0);
  CHECK(push(L, true) + push(L, 3) + push(L, 2.5f) + push(L, std::string("a\0b", 3)) == 4);
  CHECK(lua_isboolean(L, 1));
  CHECK(lua_isinteger(L, 2));
  CHECK((lua_isnumber(L, 3) && !lua_isinteger(L, 3)));
  CHECK(check_string(L, 4) == std::string_view("a\0b", 3));
  push(L, std::optional<double>());
  CHECK(lua_isnil(L, 5));
  push(L, std::vector<std::vector<double>>{{1, 2}, {3}});
  lua_rawgeti(L, 6, 2);
  CHECK(check_numbers(L, 7) == std::vector<double>{3});
  push(L, std::vector<std::string>{"x", "y"});
  CHECK(check_strings(L, 8) == std::vector<std::string>{"x", "y"});
  lua_newtable(L);
  set_field(L, "mean", 0.5);
  set_field(L, "name", "n");
  lua_getfield(L, 9, "mean");
  CHECK(check_number(L, 10) == 0.5);
  CHECK(push_failure(L, "no such file") == 2);
  CHECK(lua_isnil(L, 11));
}

TEST_CASE("asking for more stack than Lua has is an error, not a crash") {
  const Stack stack("nil");
  CHECK_THROWS_WITH(reserve(stack.L, std::numeric_limits<int>::max() / 2),
                    Contains("Lua stack has no room"));
}
