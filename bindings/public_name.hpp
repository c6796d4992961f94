#pragma once
// The names under which scripts know the functions of the library. A native function that fails
// below one of them speaks of that one: the script called stats.mean, not native.one_sample.

#include <lua.hpp>
#include <string_view>

namespace residua {

/// A function of the library that a script called.
struct PublicCall {
  const char* name; ///< "stats.mean"; null where the running function has no public caller
  int level;        ///< of its frame, as lua_getstack counts
};

/// Remembers "<prefix><key>" as the name of each function in the table at `index`.
void publish(lua_State* L, std::string_view prefix, int index);

/// The public function below which the running native function runs, helpers of the same file
/// between the two; where public functions call one another, the outermost.
PublicCall public_call(lua_State* L);

} // namespace residua
