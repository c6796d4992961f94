#include "repl/host.hpp"

#include "bindings/callback.hpp"
#include "bindings/entry.hpp"
#include "bindings/native.hpp"
#include "repl/coroutines.hpp"
#include "repl/interrupt_signal.hpp"
#include "repl/terminal.hpp"

#include <cstdio>
#include <cstdlib>
#include <lua.hpp>
#include <memory>

namespace residua {

namespace {

/// The library first, so that a file of the user never takes its place by accident.
void set_package_path(lua_State* L) {
  const char* folder = home_folder();
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "path");
  lua_pushfstring(L, "%s/stdlib/?.lua;%s/stdlib/?/init.lua;%s/?.lua;%s", folder, folder, folder,
                  lua_tostring(L, -1));
  lua_setfield(L, -3, "path");
  lua_pop(L, 2);
}

const Entry kPreloaded[] = {
    {"residua.native", open_native, "Opens the native modules of Residua."},
    {"residua.terminal", open_terminal, "Opens the module of the terminal."},
};

/// Opened by the first `require`.
void preload_modules(lua_State* L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  set_entries(L, kPreloaded);
  lua_pop(L, 1);
}

/// [] -> [result of require(name)]
void require(lua_State* L, const char* name) {
  lua_getglobal(L, "require");
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
}

void push_arguments(lua_State* L, int argc, char** argv) {
  lua_createtable(L, argc, 0);
  for (int i = 0; i < argc; ++i) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
}

/// [argc, argv] -> [status]; everything happens in here, protected.
int protected_main(lua_State* L) {
  const int argc = static_cast<int>(lua_tointeger(L, 1));
  char** argv = static_cast<char**>(lua_touserdata(L, 2));
  luaL_openlibs(L);
  install_coroutines(L);
  preload_modules(L);
  set_package_path(L);
  interrupt_signal::install(L);
  require(L, "repl.command");
  lua_getfield(L, -1, "main");
  push_arguments(L, argc, argv);
  lua_call(L, 1, 1);
  return 1;
}

int report(lua_State* L) {
  const char* message = lua_tostring(L, -1);
  std::fprintf(stderr, "residua: %s\n", message ? message : "unknown failure");
  return EXIT_FAILURE;
}

struct CloseState {
  void operator()(lua_State* L) const { lua_close(L); }
};

} // namespace

const char* home_folder() {
  const char* set = std::getenv("RESIDUA_HOME");
  return set && *set ? set : RESIDUA_HOME;
}

int run_host(int argc, char** argv) {
  const std::unique_ptr<lua_State, CloseState> state(luaL_newstate());
  lua_State* L = state.get();
  if (!L) {
    std::fputs("residua: not enough memory for a Lua state\n", stderr);
    return EXIT_FAILURE;
  }
  lua_pushcfunction(L, traceback);
  lua_pushcfunction(L, protected_main);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  if (lua_pcall(L, 2, 1, 1) != LUA_OK)
    return report(L);
  return static_cast<int>(lua_tointeger(L, -1));
}

} // namespace residua
