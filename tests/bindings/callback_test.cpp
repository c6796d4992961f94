// Callbacks: calls, results, errors, ownership.

#include "tests/support/catch.hpp"

#include "bindings/args.hpp"
#include "tests/bindings/lua_state.hpp"
#include "tests/bindings/probe.hpp"

#include <memory>

using namespace residua;
using Catch::Contains;

namespace {

std::unique_ptr<Callback> kept;

int keep(lua_State* L) {
  kept = std::make_unique<Callback>(L, 1);
  return 0;
}

int call_kept(lua_State* L) {
  const int args = lua_gettop(L);
  kept->call(L, args, LUA_MULTRET);
  return lua_gettop(L);
}

/// Calls its function for 1 ... n and adds the results, with an object alive in between.
int sum_of(lua_State* L) {
  Probe probe;
  const Callback callback(L, 1);
  double sum = 0;
  for (int64_t i = 1; i <= check_integer(L, 2); ++i) {
    push(L, i);
    callback.call(L, 1, 1);
    sum += check_number(L, -1);
    lua_pop(L, 1);
  }
  return push(L, sum);
}

const Entry kBodies[] = {{"keep", keep, ""}, {"call_kept", call_kept, ""}, {"sum_of", sum_of, ""}};

struct State : LuaState {
  State() {
    for (const Entry& entry : kBodies)
      define(entry);
  }
  ~State() { kept.reset(); }
};

} // namespace

TEST_CASE("a callback takes arguments and gives results") {
  State lua;
  CHECK(lua.eval("sum_of(function(i) return i * i end, 4)") == "30.0");
  lua.run("keep(function(...) return select('#', ...), ... end)");
  CHECK(lua.eval("table.concat({call_kept('a', 'b')}, ' ')") == "2 a b");
  CHECK(lua.eval("select('#', call_kept())") == "1");
}

TEST_CASE("a callback must be a function") {
  State lua;
  CHECK(lua.run("sum_of({}, 1)") ==
        "test:1: bad argument #1 to 'sum_of' (function expected, got table)");
  CHECK(lua.run("sum_of()") ==
        "test:1: bad argument #1 to 'sum_of' (function expected, got no value)");
}

TEST_CASE("errors of callbacks pass frames of C++ that hold objects") {
  State lua;
  const std::string error =
      lua.run("sum_of(function(i) if i == 3 then error('third') end return 1 end, 5)");
  CHECK_THAT(error, Contains("test:1: third\nstack traceback:"));
  CHECK(Probe::alive == 0);
  CHECK(lua.eval("select(2, pcall(sum_of, function() error({ code = 7 }) end, 5)).code") == "7");
  CHECK(lua.eval("select(2, pcall(sum_of, function() local x = nil; return x.y end, 5))") != "");
  CHECK(Probe::alive == 0);
}

TEST_CASE("a traceback is added once, by the innermost callback") {
  State lua;
  const std::string error =
      lua.run("sum_of(function() return sum_of(function() error('deep') end, 1) end, 1)");
  const auto first = error.find("stack traceback:");
  REQUIRE(first != std::string::npos);
  CHECK(error.find("stack traceback:", first + 1) == std::string::npos);
}

TEST_CASE("a callback keeps its function alive, also past the coroutine that made it") {
  State lua;
  lua.run("coroutine.wrap(function() local text = 'kept' keep(function() return text end) end)()\n"
          "collectgarbage() collectgarbage()");
  CHECK(lua.eval("call_kept()") == "kept");
  CHECK(lua.eval("coroutine.wrap(call_kept)()") == "kept");
}

TEST_CASE("a dropped callback lets its function go") {
  State lua;
  lua.run("watched = setmetatable({}, { __mode = 'v' })\n"
          "do local f = function() return watched end watched[1] = f keep(f) end collectgarbage()");
  CHECK(lua.eval("watched[1] ~= nil") == "true");
  Callback moved = std::move(*kept);
  kept.reset();
  lua.run("collectgarbage()");
  CHECK(lua.eval("watched[1] ~= nil") == "true");
  { Callback last = std::move(moved); }
  lua.run("collectgarbage()");
  CHECK(lua.eval("watched[1]") == "nil");
}

TEST_CASE("the stack is balanced around calls") {
  State lua;
  lua.run("keep(function() error('no') end)");
  lua_pushstring(lua.L, "below");
  CHECK_THROWS_AS(kept->call(lua.L, 0, 0), ScriptError);
  CHECK(lua_gettop(lua.L) == 2);
  CHECK_THAT(lua_tostring(lua.L, -1), Contains("no"));
  lua_settop(lua.L, 0);
}

TEST_CASE("runaway recursion through callbacks ends in an error") {
  State lua;
  lua.run("function again() return sum_of(again, 1) end");
  CHECK_THAT(lua.run("again()"), Contains("stack overflow"));
  CHECK(Probe::alive == 0);
}
