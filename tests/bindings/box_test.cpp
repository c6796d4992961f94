// Typed userdata: checks, release, finalizers, the metatable recipe.

#include "tests/support/catch.hpp"

#include "bindings/box.hpp"
#include "tests/bindings/lua_state.hpp"
#include "tests/bindings/probe.hpp"

#include <cstdint>
#include <memory>

using namespace residua;
using Catch::Contains;

namespace {

struct alignas(16) Wide {
  double values[2] = {1, 2};
};

using Shared = std::shared_ptr<int>;
Shared shared_value;

int new_probe(lua_State* L) {
  return Box<Probe>::push(L, Probe());
}

int new_wide(lua_State* L) {
  return Box<Wide>::push(L, Wide());
}

int new_shared(lua_State* L) {
  return Box<Shared>::push(L, shared_value);
}

int probe_length(lua_State* L) {
  return push(L, Box<Probe>::check(L, 1).payload.size());
}

int wide_is_aligned(lua_State* L) {
  const auto address = reinterpret_cast<std::uintptr_t>(&Box<Wide>::check(L, 1));
  return push(L, address % alignof(Wide) == 0);
}

int kind(lua_State* L) {
  if (Box<Probe>::test(L, 1))
    return push(L, "probe");
  return push(L, Box<Wide>::opt(L, 1) ? "wide" : "none");
}

int probe_text(lua_State* L) {
  Box<Probe>::check(L, 1);
  return push(L, "a probe");
}

const Entry kModule[] = {{"probe", new_probe, "p"},
                         {"wide", new_wide, "w"},
                         {"shared", new_shared, "s"},
                         {"kind", kind, "k"}};
const Entry kProbe[] = {{"length", probe_length, "Returns the length."}};
const Entry kProbeMeta[] = {{"__tostring", probe_text, "Returns a text."}};
const Entry kWide[] = {{"aligned", wide_is_aligned, ""}};

int open_types(lua_State* L) {
  register_module(L, "box", kModule);
  register_type<Probe>(L, "box", "Probe", kProbe, kProbeMeta);
  register_type<Wide>(L, "box", "Wide", kWide);
  register_type<Shared>(L, "box", "Shared", {});
  return 0;
}

struct State : LuaState {
  State() {
    lua_pushcfunction(L, open_types);
    lua_getglobal(L, "native");
    lua_pcall(L, 1, 0, 0);
    run("box = native.box");
  }
};

} // namespace

TEST_CASE("a boxed value has methods and lives until it is collected") {
  {
    State lua;
    CHECK(lua.eval("box.probe():length()") == "200");
    CHECK(lua.run("p = box.probe()") == "");
    lua.run("collectgarbage()");
    CHECK(Probe::alive == 1);
    lua.run("p = nil collectgarbage()");
    CHECK(Probe::alive == 0);
    lua.run("p = box.probe()");
  }
  CHECK(Probe::alive == 0); // closing the state collects the rest
}

TEST_CASE("strictly aligned types are aligned") {
  State lua;
  CHECK(
      lua.eval("(function() for i = 1, 50 do if not box.wide():aligned() then return false end end "
               "return true end)()") == "true");
}

TEST_CASE("the wrong type is named") {
  State lua;
  CHECK(lua.run("local f = box.Probe.length f(3)") ==
        "test:1: bad argument #1 to 'length' (Probe expected, got number)");
  CHECK(lua.run("local f = box.Probe.length f(box.wide())") ==
        "test:1: bad argument #1 to 'length' (Probe expected, got Wide)");
  CHECK(lua.run("local f = box.Probe.length f(io.stdout)") ==
        "test:1: bad argument #1 to 'length' (Probe expected, got FILE*)");
  CHECK(lua.run("local f = box.Probe.length f()") ==
        "test:1: bad argument #1 to 'length' (Probe expected, got no value)");
  CHECK(lua.eval("box.kind(box.probe()) .. box.kind(box.wide()) .. box.kind()") == "probewidenone");
  CHECK_THAT(lua.run("box.kind({})"), Contains("Wide expected, got table"));
}

TEST_CASE("use after release is an error, a second release is not") {
  State lua;
  lua.run("p = box.probe() p:release()");
  CHECK(Probe::alive == 0);
  CHECK(lua.run("p:length()") == "test:1: calling 'length' on bad self (Probe was released)");
  CHECK(lua.run("box.Probe.length(p)") ==
        "test:1: bad argument #1 to 'length' (Probe was released)");
  CHECK(lua.run("p:release() p:release()") == "");
  CHECK(lua.run("box.Probe.release(box.wide())") ==
        "test:1: bad argument #1 to 'release' (Probe expected, got Wide)");
}

TEST_CASE("a to-be-closed value is released at the end of its block") {
  State lua;
  lua.run("do local p <close> = box.probe() q = p end");
  CHECK(Probe::alive == 0);
  CHECK_THAT(lua.run("q:length()"), Contains("was released"));
  CHECK(lua.run("do local p <close> = q end") == "");
  CHECK(lua.run("local p <close> = box.probe() p:release()") == "");
  lua.run("pcall(function() local p <close> = box.probe() error('x') end)");
  CHECK(Probe::alive == 0);
}

TEST_CASE("finalizers called by hand with anything do no harm") {
  State lua;
  CHECK(lua.run("local gc = debug.getmetatable(box.probe()).__gc\n"
                "gc() gc(3) gc({}) gc(io.stdout) gc(box.wide())\n"
                "local p = box.probe() gc(p) gc(p)") == "");
  lua.run("collectgarbage()");
  CHECK(Probe::alive == 0);
}

TEST_CASE("a value that a finalizer brings back is released, not dangling") {
  State lua;
  lua.run("do local p = box.probe() setmetatable({}, { __gc = function() back = p end }) end");
  lua.run("collectgarbage() collectgarbage()");
  CHECK_THAT(lua.eval("select(2, pcall(box.Probe.length, back))"),
             Contains("was released") || Contains("200"));
  lua.run("back = nil collectgarbage() collectgarbage()");
  CHECK(Probe::alive == 0);
}

TEST_CASE("the recipe sets text, name and equality") {
  State lua;
  CHECK(lua.eval("tostring(box.probe())") == "a probe");
  CHECK_THAT(lua.eval("tostring(box.wide())"), Catch::StartsWith("Wide: 0x"));
  CHECK(lua.eval("getmetatable(box.wide())") == "Wide");
  CHECK(lua.eval("help.type_of(box.wide())") == "Wide");
  CHECK(lua.eval("help.type_of(io.stdout)") == "FILE*");
  shared_value = std::make_shared<int>(1);
  lua.run("a, b = box.shared(), box.shared()");
  shared_value = std::make_shared<int>(1);
  CHECK(lua.eval("a == b") == "true");
  CHECK(lua.eval("a == box.shared()") == "false");
  CHECK(lua.eval("a == box.probe()") == "false");
  CHECK(lua.eval("box.wide() == box.wide()") == "false");
  shared_value.reset();
}

TEST_CASE("Lua adds methods to a type") {
  State lua;
  lua.run("function box.Probe.double(self) return 2 * self:length() end");
  CHECK(lua.eval("box.probe():double()") == "400");
  CHECK(lua.eval("box.probe().missing") == "nil");
}

TEST_CASE("help walks modules and types") {
  State lua;
  CHECK(lua.eval("#help.entries(box)") == "4");
  CHECK(lua.eval("help.entries(box)[1].name") == "kind");
  CHECK(lua.eval("help.types().Probe.operators[1].name") == "__tostring");
  CHECK(lua.eval("help.types().Probe.methods == box.Probe") == "true");
  CHECK(lua.eval("help.entries(help.types().Probe.methods)[1].doc") == "Returns the length.");
  CHECK_THAT(lua.run("help.entries(3)"), Contains("table expected, got number"));
}

TEST_CASE("pushing an unregistered type is an error") {
  struct Unknown {};
  LuaState lua;
  CHECK_THROWS_WITH(Box<Unknown>::push(lua.L, Unknown()), Contains("before it is registered"));
  lua_settop(lua.L, 0);
}
