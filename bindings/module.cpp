// The bindings as a loadable module, for `require "residua"` in a stock Lua 5.4.

#include "bindings/entry.hpp"
#include "bindings/native.hpp"

static const residua::Entry kOpen = {"residua.native", residua::open_native,
                                     "Opens the native modules of Residua."};

extern "C" int luaopen_residua_native(lua_State* L) {
  return residua::run_guarded(L, kOpen);
}
