// Native functions that look at functions and types: documentation for help and stubs, field
// access, names in errors.

#include "bindings/box.hpp"
#include "bindings/callback.hpp"
#include "bindings/native.hpp"
#include "bindings/public_name.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace residua {

namespace {

/// One native function of a table, for sorting by name.
struct Listed {
  std::string name;
  const Entry* entry;
};

std::vector<Listed> list_entries(lua_State* L, int table) {
  std::vector<Listed> listed;
  reserve(L, 4);
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    const Entry* entry = entry_of(L, -1);
    if (entry && lua_type(L, -2) == LUA_TSTRING)
      listed.push_back({lua_tostring(L, -2), entry});
  }
  std::sort(listed.begin(), listed.end(),
            [](const Listed& a, const Listed& b) { return a.name < b.name; });
  return listed;
}

int push_entries(lua_State* L, const std::vector<Listed>& listed) {
  lua_createtable(L, static_cast<int>(listed.size()), 0);
  lua_Integer position = 0;
  for (const Listed& one : listed) {
    lua_createtable(L, 0, 2);
    set_field(L, "name", one.name);
    set_field(L, "doc", one.entry->doc);
    lua_rawseti(L, -2, ++position);
  }
  return 1;
}

int help_doc(lua_State* L) {
  const Entry* entry = entry_of(L, 1);
  if (!entry)
    return push(L, std::optional<int>());
  return push(L, entry->name) + push(L, entry->doc);
}

int help_entries(lua_State* L) {
  if (lua_type(L, 1) != LUA_TTABLE)
    throw_type_error(L, 1, "table");
  return push_entries(L, list_entries(L, 1));
}

/// [types, name, metatable] -> [types, name, metatable, {methods, operators}]
void push_type(lua_State* L) {
  const int metatable = lua_gettop(L);
  lua_createtable(L, 0, 2);
  lua_getfield(L, metatable, "__methods");
  lua_setfield(L, -2, "methods");
  push_entries(L, list_entries(L, metatable));
  lua_setfield(L, -2, "operators");
}

int help_types(lua_State* L) {
  lua_newtable(L);
  const int result = lua_gettop(L);
  push_types(L);
  reserve(L, 12);
  for (lua_pushnil(L); lua_next(L, result + 1); lua_pop(L, 1)) {
    push_type(L);
    lua_pushvalue(L, -3);
    lua_insert(L, -2);
    lua_rawset(L, result);
  }
  lua_settop(L, result);
  return 1;
}

int help_type_of(lua_State* L) {
  if (lua_type(L, 1) != LUA_TUSERDATA || !lua_getmetatable(L, 1))
    return push(L, std::optional<int>());
  lua_getfield(L, -1, "__name");
  return 1;
}

int help_publish(lua_State* L) {
  const std::string_view prefix = check_string(L, 1);
  if (lua_type(L, 2) != LUA_TTABLE)
    throw_type_error(L, 2, "table");
  publish(L, prefix, 2);
  return 0;
}

const Entry kModule[] = {
    {"doc", help_doc,
     R"(Returns the name and the documentation of a native function, or nil for any other value.
@param value any
@return string? name
@return string? doc  LuaCATS text, tags without the leading dashes.
@example
local name, doc = help.doc(tensor.zeros)
assert(name == "zeros" and doc:find("@return Tensor", 1, true))
assert(help.doc(print) == nil))"},
    {"entries", help_entries, R"(Returns the native functions in a table, sorted by name.
@param module table  A native module, or the method table of a type.
@return {name: string, doc: string}[]
@example
for _, entry in ipairs(help.entries(tensor)) do assert(#entry.doc > 0, entry.name) end)"},
    {"types", help_types,
     R"(Returns all native types by name: the method table of each, and its documented operators.
@return table<string, {methods: table, operators: {name: string, doc: string}[]}>
@example
assert(help.types().Tensor.methods.matmul == tensor.Tensor.matmul))"},
    {"type_of", help_type_of,
     R"(Returns the name of a native value's type, or nil for any other value.
@param value any
@return string?
@example
assert(help.type_of(tensor.zeros(1)) == "Tensor" and help.type_of({}) == nil))"},
    {"publish", help_publish,
     R"(Lets errors of native functions that run below the functions of a table name these, as scripts know them.
@param prefix string  What goes before their names in the table.
@param functions table<string, function>
@example
local lab = { sum = function(t) return t:sum("one") end }
help.publish("lab.", lab)
local _, message = pcall(lab.sum, tensor.ones(2))
assert(message:find("lab.sum: dim: integer expected, got string", 1, true)))"},
};

} // namespace

void register_help(lua_State* L) {
  register_module(L, "help", kModule);
}

} // namespace residua
