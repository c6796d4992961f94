#include "bindings/public_name.hpp"

#include "bindings/args.hpp"
#include "engine/error.hpp"

#include <cstring>
#include <string>

namespace residua {

namespace {

constexpr const char* kRegistryKey = "residua.public_names";

/// Pushes the table function -> name, which keeps no function alive.
void push_names(lua_State* L) {
  if (luaL_getsubtable(L, LUA_REGISTRYINDEX, kRegistryKey))
    return;
  lua_createtable(L, 0, 1);
  lua_pushstring(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
}

/// [names] -> [names]; the name of the function of a frame, which the table keeps, or null.
const char* name_of(lua_State* L, lua_Debug& frame) {
  lua_getinfo(L, "Sf", &frame);
  lua_rawget(L, -2);
  const char* name = lua_tostring(L, -1);
  lua_pop(L, 1);
  return name;
}

} // namespace

void publish(lua_State* L, std::string_view prefix, int index) {
  const int functions = lua_absindex(L, index);
  reserve(L, 8);
  push_names(L);
  for (lua_pushnil(L); lua_next(L, functions); lua_pop(L, 1)) {
    if (lua_type(L, -1) != LUA_TFUNCTION || lua_type(L, -2) != LUA_TSTRING)
      continue;
    lua_pushvalue(L, -1);
    push(L, cat(prefix, lua_tostring(L, -3)));
    lua_rawset(L, -5);
  }
  lua_pop(L, 1);
}

PublicCall public_call(lua_State* L) {
  PublicCall found{nullptr, 0};
  const char* file = nullptr; // of the helpers since the running function or the last public one
  lua_Debug frame;
  push_names(L);
  for (int level = 0; lua_getstack(L, level, &frame); ++level) {
    const char* name = name_of(L, frame);
    if (level > 0 && (*frame.what == 'C' || (file && std::strcmp(file, frame.source) != 0)))
      break; // a callback, or someone else's file
    if (name) {
      found = {name, level};
      file = nullptr;
    } else if (found.name) {
      break;
    } else if (level > 0) {
      file = frame.source;
    }
  }
  lua_pop(L, 1);
  return found;
}

} // namespace residua
