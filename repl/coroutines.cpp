#include "repl/coroutines.hpp"

#include "repl/interrupt_signal.hpp"

#include <cstring>

namespace residua {

namespace {

/// [arguments] -> [results], or [error]. Returns how many results there are, -1 for an error.
int run(lua_State* L, lua_State* coroutine, int arguments) {
  if (!lua_checkstack(coroutine, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, coroutine, arguments);
  int results = 0, status = LUA_OK;
  {
    const interrupt_signal::InCoroutine running(coroutine);
    status = lua_resume(coroutine, L, arguments, &results);
  }
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(coroutine, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(coroutine, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(coroutine, L, results);
  return results;
}

int resume(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTHREAD);
  const int results = run(L, lua_tothread(L, 1), lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  lua_insert(L, results >= 0 ? -results - 1 : -2);
  return 1 + (results >= 0 ? results : 1);
}

/// [error] -> raises it, a text with the line of the caller.
int raise(lua_State* L) {
  if (lua_type(L, -1) == LUA_TSTRING && std::strcmp(lua_tostring(L, -1), "interrupted") != 0) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

int call_wrapped(lua_State* L) {
  lua_State* coroutine = lua_tothread(L, lua_upvalueindex(1));
  const int results = run(L, coroutine, lua_gettop(L));
  if (results >= 0)
    return results;
  if (lua_status(coroutine) > LUA_YIELD) { // not where it was dead already
    lua_pushvalue(L, -1);
    lua_xmove(L, coroutine, 1); // the variables to close meet the error, and may raise another
    lua_resetthread(coroutine);
    lua_xmove(coroutine, L, 1);
  }
  return raise(L);
}

int wrap(lua_State* L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State* coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"resume", resume}, {"wrap", wrap}, {nullptr, nullptr}};

} // namespace

void install_coroutines(lua_State* L) {
  lua_getglobal(L, LUA_COLIBNAME);
  luaL_setfuncs(L, kFunctions, 0);
  lua_pop(L, 1);
}

} // namespace residua
