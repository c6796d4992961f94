#pragma once
// A Lua state with the native modules, for tests. Code runs protected and comes back as text, so
// that assertions stay outside C functions that Lua calls.

#include "bindings/callback.hpp"
#include "bindings/entry.hpp"
#include "bindings/native.hpp"

#include <lua.hpp>
#include <stdexcept>
#include <string>

namespace residua {

class LuaState {
 public:
  LuaState() : L(luaL_newstate()) {
    luaL_openlibs(L);
    lua_pushcfunction(L, open_native);
    if (lua_pcall(L, 0, 1, 0) != LUA_OK)
      throw std::runtime_error(lua_tostring(L, -1));
    lua_setglobal(L, "native");
    run("for name, module in pairs(native) do _G[name] = module end");
  }
  ~LuaState() { lua_close(L); }
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;

  /// Makes a native function a global of the same name.
  void define(const Entry& entry) {
    push_entry(L, entry);
    lua_setglobal(L, entry.name);
  }

  /// Runs code; the error as text, empty when there was none.
  std::string run(const std::string& code) {
    const int top = lua_gettop(L);
    const bool failed = load(code) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK;
    std::string error = failed ? text(-1) : "";
    lua_settop(L, top);
    return error;
  }

  /// The value of an expression as text, or its error.
  std::string eval(const std::string& expression) {
    const int top = lua_gettop(L);
    const bool failed = load("return " + expression) != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK;
    std::string value = (failed ? "error: " : "") + text(-1);
    lua_settop(L, top);
    return value;
  }

  double number(const std::string& expression) { return std::stod(eval(expression)); }

  lua_State* const L;

 private:
  int load(const std::string& code) {
    return luaL_loadbufferx(L, code.data(), code.size(), "=test", "t");
  }

  std::string text(int index) {
    std::string result = luaL_tolstring(L, index, nullptr);
    lua_pop(L, 1);
    return result;
  }
};

} // namespace residua
