#pragma once
// Coroutines that Ctrl-C stops: Lua hooks are per coroutine, so the signal has to know which runs.

#include <lua.hpp>

namespace residua {

/// Replaces `coroutine.resume` and `coroutine.wrap` by functions that do the same, and say which
/// coroutine runs.
void install_coroutines(lua_State* L);

} // namespace residua
