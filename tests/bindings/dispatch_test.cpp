// The guarded dispatcher: each kind of failure becomes the right Lua error after every C++ object
// is gone.

#include "tests/support/catch.hpp"

#include "bindings/args.hpp"
#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "tests/bindings/lua_state.hpp"
#include "tests/bindings/probe.hpp"

#include <c10/core/GradMode.h>
#include <filesystem>
#include <new>

using namespace residua;
using Catch::Contains;

namespace {

int fail_engine(lua_State*) {
  Probe probe;
  throw Error("model.bin: no header at offset 0", "download it again");
}

int fail_argument(lua_State*) {
  Probe probe;
  throw ArgError(2, "integer expected, got string");
}

int fail_libtorch(lua_State*) {
  Probe probe;
  TORCH_CHECK(false, "shapes differ\nmore lines");
  return 0;
}

int fail_enforce(lua_State*) {
  Probe probe;
  C10_THROW_ERROR(Error, "[enforce fail at a.cpp:1] x == 0. out of memory");
}

int fail_memory(lua_State*) {
  Probe probe;
  throw std::bad_alloc();
}

int fail_standard(lua_State*) {
  Probe probe;
  throw std::invalid_argument("nothing to do");
}

int fail_files(lua_State*) {
  Probe probe;
  return std::filesystem::exists(std::string(5000, 'x'));
}

int fail_interrupt(lua_State*) {
  Probe probe;
  interrupt::request();
  interrupt::poll();
  return 0;
}

int fail_script(lua_State* L) {
  Probe probe;
  const Callback callback(L, 1);
  callback.call(L, 0, 0);
  return 0;
}

int fail_with_full_stack(lua_State* L) {
  Probe probe;
  while (lua_gettop(L) < LUA_MINSTACK)
    lua_pushnil(L);
  throw Error("late");
}

int takes_self(lua_State* L) {
  check_integer(L, 1);
  check_integer(L, 2);
  return 0;
}

int two_results(lua_State* L) {
  return push(L, "a") + push(L, c10::GradMode::is_enabled());
}

const Entry kBodies[] = {
    {"fail_engine", fail_engine, "doc of fail_engine"},
    {"fail_argument", fail_argument, ""},
    {"fail_libtorch", fail_libtorch, ""},
    {"fail_enforce", fail_enforce, ""},
    {"fail_memory", fail_memory, ""},
    {"fail_standard", fail_standard, ""},
    {"fail_files", fail_files, ""},
    {"fail_interrupt", fail_interrupt, ""},
    {"fail_script", fail_script, ""},
    {"fail_with_full_stack", fail_with_full_stack, ""},
    {"takes_self", takes_self, ""},
    {"two_results", two_results, ""},
};

struct State : LuaState {
  State() {
    for (const Entry& entry : kBodies)
      define(entry);
  }
};

} // namespace

TEST_CASE("each kind of failure gives its message, with the line of the script") {
  State lua;
  CHECK(lua.run("\n fail_engine()") ==
        "test:2: fail_engine: model.bin: no header at offset 0; download it again");
  CHECK(lua.run("fail_argument(1, 'x')") ==
        "test:1: bad argument #2 to 'fail_argument' (integer expected, got string)");
  CHECK(lua.run("fail_libtorch()") == "test:1: fail_libtorch: shapes differ");
  CHECK(lua.run("fail_enforce()") == "test:1: fail_enforce: x == 0. out of memory");
  CHECK(lua.run("fail_memory()") == "test:1: fail_memory: not enough memory");
  CHECK(lua.run("fail_standard()") == "test:1: fail_standard: nothing to do");
  CHECK(lua.run("fail_files()") ==
        "test:1: fail_files: '" + std::string(80, 'x') + "...': File name too long");
  CHECK(lua.run("fail_with_full_stack()") == "test:1: fail_with_full_stack: late");
  CHECK(lua.run("fail_interrupt()") == "interrupted");
  CHECK_FALSE(interrupt::requested());
  CHECK(Probe::alive == 0);
}

TEST_CASE("a call with a colon counts arguments after self") {
  State lua;
  lua.run("object = { takes_self = takes_self }");
  CHECK(lua.run("object:takes_self(1)") ==
        "test:1: calling 'takes_self' on bad self (integer expected, got table)");
  CHECK(lua.run("object.takes_self(1, 'a')") ==
        "test:1: bad argument #2 to 'takes_self' (integer expected, got string)");
  CHECK(lua.eval("select(2, pcall(takes_self, 1, {}))") ==
        "bad argument #2 to 'takes_self' (integer expected, got table)");
}

TEST_CASE("the error object of a callback arrives unchanged") {
  State lua;
  CHECK(lua.eval("(function() local object = {} "
                 "local ok, got = pcall(fail_script, function() error(object) end) "
                 "return not ok and rawequal(got, object) end)()") == "true");
  CHECK(lua.eval("select(2, pcall(fail_script, function() error() end))") == "nil");
  CHECK(Probe::alive == 0);
}

TEST_CASE("the string error of a callback carries the traceback of its frames") {
  State lua;
  const std::string error = lua.run("local function inner() error('deep') end\n"
                                    "fail_script(function() inner() end)");
  CHECK_THAT(error, Contains("test:1: deep\nstack traceback:"));
  CHECK_THAT(error, Contains("in upvalue 'inner'"));
}

TEST_CASE("an interrupt passes through callbacks undecorated") {
  State lua;
  CHECK(lua.run("fail_script(fail_interrupt)") == "interrupted");
  CHECK(lua.run("fail_script(function() fail_script(fail_interrupt) end)") == "interrupted");
}

TEST_CASE("failures leave the stack of the caller as it was") {
  State lua;
  for (const Entry& entry : kBodies) {
    INFO(entry.name);
    lua_settop(lua.L, 0);
    lua_pushstring(lua.L, "below");
    push_entry(lua.L, entry);
    lua_pcall(lua.L, 0, 0, 0);
    CHECK(lua_tostring(lua.L, 1) == std::string("below"));
    CHECK(lua_gettop(lua.L) <= 2);
  }
  lua_settop(lua.L, 0);
}

TEST_CASE("bodies run without gradients, and the mode of the caller comes back") {
  State lua;
  const c10::AutoGradMode on(true);
  CHECK(lua.eval("select(2, two_results())") == "false");
  CHECK(c10::GradMode::is_enabled());
  lua.run("fail_engine()");
  CHECK(c10::GradMode::is_enabled());
}

TEST_CASE("an entry is found behind its function value") {
  State lua;
  lua_getglobal(lua.L, "fail_engine");
  CHECK(entry_of(lua.L, -1) == &kBodies[0]);
  CHECK(lua_gettop(lua.L) == 1);
  lua_getglobal(lua.L, "print");
  CHECK(entry_of(lua.L, -1) == nullptr);
  lua_pushinteger(lua.L, 3);
  CHECK(entry_of(lua.L, -1) == nullptr);
  lua_settop(lua.L, 0);
  CHECK(lua.eval("table.concat({help.doc(fail_engine)}, '|')") == "fail_engine|doc of fail_engine");
  CHECK(lua.eval("help.doc('text')") == "nil");
}

TEST_CASE("a name is registered once") {
  State lua;
  lua_newtable(lua.L);
  register_module(lua.L, "m", kBodies);
  CHECK_THROWS_WITH(register_module(lua.L, "m", kBodies),
                    Contains("'fail_engine' is registered twice"));
  lua_settop(lua.L, 0);
}

TEST_CASE("ten thousand errors of each kind leave nothing behind") {
  State lua;
  for (const Entry& entry : kBodies) {
    INFO(entry.name);
    const std::string failed = lua.eval("(function() local failed = 0 for i = 1, 10000 do "
                                        "if not pcall(" +
                                        std::string(entry.name) +
                                        ", error) then failed = failed + 1 end end "
                                        "return failed end)()");
    CHECK(failed == (entry.name == std::string("two_results") ? "0" : "10000"));
    CHECK(Probe::alive == 0);
  }
}
