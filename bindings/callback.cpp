#include "bindings/callback.hpp"

#include "bindings/args.hpp"

#include <cstring>
#include <utility>

namespace residua {

int traceback(lua_State* L) {
  if (lua_type(L, 1) != LUA_TSTRING)
    return 1;
  const char* message = lua_tostring(L, 1);
  const bool complete =
      std::strcmp(message, "interrupted") == 0 || std::strstr(message, "\nstack traceback:\n");
  if (!complete)
    luaL_traceback(L, L, message, 1);
  return 1;
}

static lua_State* main_thread(lua_State* L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State* main = lua_tothread(L, -1);
  lua_pop(L, 1);
  return main;
}

Callback::Callback(lua_State* L, int index) : main_(main_thread(L)), ref_(LUA_NOREF) {
  if (lua_type(L, index) != LUA_TFUNCTION)
    throw_type_error(L, index, "function");
  lua_pushvalue(L, index);
  ref_ = luaL_ref(L, LUA_REGISTRYINDEX);
}

Callback::~Callback() {
  luaL_unref(main_, LUA_REGISTRYINDEX, ref_);
}

Callback::Callback(Callback&& other) noexcept
    : main_(other.main_), ref_(std::exchange(other.ref_, LUA_NOREF)) {}

Callback& Callback::operator=(Callback&& other) noexcept {
  std::swap(main_, other.main_);
  std::swap(ref_, other.ref_);
  return *this;
}

void Callback::call(lua_State* L, int args, int results) const {
  reserve(L, 2 + (results > 0 ? results : 0));
  const int base = lua_gettop(L) - args + 1;
  lua_pushcfunction(L, traceback);
  lua_insert(L, base);
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref_);
  lua_insert(L, base + 1);
  const int status = lua_pcall(L, args, results, base);
  lua_remove(L, base);
  if (status != LUA_OK)
    throw ScriptError();
}

} // namespace residua
