#include "bindings/box.hpp"

#include "engine/error.hpp"

namespace residua {

namespace {

constexpr const char* kTypes = "residua.types"; // registry: name -> metatable

/// Pushes the metatable of the type at `key`.
void push_metatable(lua_State* L, const void* key) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) != LUA_TTABLE)
    throw Error("a native type is used before it is registered", "call register_type first");
}

std::string name_of(lua_State* L, const void* key) {
  push_metatable(L, key);
  lua_getfield(L, -1, "__name");
  std::string name = lua_tostring(L, -1);
  lua_pop(L, 2);
  return name;
}

int plain_tostring(lua_State* L) {
  const char* name = luaL_getmetafield(L, 1, "__name") == LUA_TSTRING ? lua_tostring(L, -1) : "?";
  lua_pushfstring(L, "%s: %p", name, lua_topointer(L, 1));
  return 1;
}

/// Sets a metamethod of the recipe unless the entries gave their own. [metatable]
void set_default(lua_State* L, const char* name, lua_CFunction function) {
  const bool taken = lua_getfield(L, -1, name) != LUA_TNIL;
  lua_pop(L, 1);
  if (taken || !function)
    return;
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, name);
}

/// [native] -> [native, metatable]; native[module][name] is the method table.
void make_tables(lua_State* L, const detail::TypeRecipe& recipe) {
  luaL_getsubtable(L, -1, recipe.module);
  lua_newtable(L);
  lua_newtable(L); // [native, module, methods, metatable]
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "__methods");
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "__index");
  lua_insert(L, -3);
  lua_setfield(L, -2, recipe.name);
  lua_pop(L, 1);
}

/// Files the metatable under the key, for checks, and under the name, for help. [metatable]
void file_type(lua_State* L, const detail::TypeRecipe& recipe) {
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, recipe.key);
  push_types(L);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, recipe.name);
  lua_pop(L, 1);
}

} // namespace

namespace detail {

void make_type(lua_State* L, const TypeRecipe& recipe) {
  reserve(L, 8);
  make_tables(L, recipe); // [native, metatable]
  file_type(L, recipe);
  set_field(L, "__name", recipe.name);
  set_field(L, "__metatable",
            recipe.name); // getmetatable(x) is "Tensor"; scripts do not reach the table itself
  add_methods(L, recipe.key, recipe.methods);
  add_methods(L, recipe.key, {recipe.release, 1});
  set_entries(L, recipe.metamethods);
  set_default(L, "__tostring", plain_tostring);
  set_default(L, "__eq", recipe.equal);
  set_default(L, "__close", recipe.drop);
  set_default(L, "__gc", recipe.drop);
  lua_pop(L, 1);
}

void add_methods(lua_State* L, const void* key, std::span<const Entry> methods) {
  push_metatable(L, key);
  lua_getfield(L, -1, "__methods");
  set_entries(L, methods, Call::method);
  lua_pop(L, 2);
}

void add_metamethods(lua_State* L, const void* key, std::span<const Entry> metamethods) {
  push_metatable(L, key);
  set_entries(L, metamethods);
  lua_pop(L, 1);
}

void set_type(lua_State* L, const void* key) {
  push_metatable(L, key);
  lua_setmetatable(L, -2);
}

bool has_type(lua_State* L, int index, const void* key) noexcept {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
    return false;
  lua_rawgetp(L, LUA_REGISTRYINDEX, key);
  const bool same = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  return same;
}

void throw_not_type(lua_State* L, int index, const void* key) {
  throw_type_error(L, index, name_of(L, key));
}

void throw_released(lua_State* L, int index, const void* key) {
  throw ArgError(index, name_of(L, key) + " was released");
}

} // namespace detail

void push_types(lua_State* L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, kTypes);
}

} // namespace residua
