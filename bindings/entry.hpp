#pragma once
// One Entry per scriptable function, and the one guarded closure that runs them all: C++ exceptions
// become Lua errors here and nowhere else, after every C++ object of the body is gone.

#include <lua.hpp>
#include <span>

namespace residua {

/// A scriptable function: its name, its body, and its LuaCATS documentation (tags without the
/// leading dashes), whose params say how many arguments a call may pass. Entries live in static
/// tables: Lua keeps pointers to them.
struct Entry {
  const char* name;
  int (*body)(lua_State* L); ///< Fails by throwing only: never luaL_error, luaL_check* or lua_call.
  const char* doc;
};

/// Runs the body with gradients off and turns what it throws into a Lua error: "script.lua:3: name:
/// message".
int run_guarded(lua_State* L, const Entry& entry);

/// Whether a value comes before the params, as t does in t:f().
enum class Call { function, method };

/// Pushes the entry as a Lua function.
void push_entry(lua_State* L, const Entry& entry, Call call = Call::function);

/// The entry behind the value at `index`, or null when it is not one of our functions.
const Entry* entry_of(lua_State* L, int index);

/// Sets each entry in the table on the stack top; throws Error when a name is taken.
void set_entries(lua_State* L, std::span<const Entry> entries, Call call = Call::function);

/// Adds `entries` to the field `module` of the native table, which is on the stack top; makes the
/// field when absent.
void register_module(lua_State* L, const char* module, std::span<const Entry> entries);

} // namespace residua
