#pragma once
// The Lua module `residua.terminal`: what the Lua side of the program needs from the terminal and
// from Ctrl-C.

#include <lua.hpp>

namespace residua {

/// Pushes the module table; returns 1. A lua_CFunction for package.preload.
int open_terminal(lua_State* L);

} // namespace residua
