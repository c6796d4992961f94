// JSON to and from Lua values.

#include "bindings/args.hpp"
#include "bindings/entry.hpp"
#include "bindings/native.hpp"
#include "bindings/push.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace residua {

namespace {

using nlohmann::json;

constexpr int kDeepest = 100;
constexpr char kList = 0; // its address names the metatable of lists, which tells empty ones apart

/// Marks the table on the stack top.
void mark_list(lua_State* L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &kList);
  lua_setmetatable(L, -2);
}

bool is_list(lua_State* L, int index) {
  if (lua_rawlen(L, index) > 0)
    return true;
  if (lua_getmetatable(L, index) == 0)
    return false;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &kList);
  const bool marked = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  return marked;
}

json to_json(lua_State* L, int index, int depth);

json list_to_json(lua_State* L, int index, int depth) {
  json list = json::array();
  read_elements(L, index, [&](int at, int64_t) { list.push_back(to_json(L, at, depth + 1)); });
  return list;
}

json table_to_json(lua_State* L, int index, int depth) {
  if (depth > kDeepest)
    throw Error("tables nest too deep for JSON", "does a table contain itself?");
  reserve(L, 6);
  if (is_list(L, index))
    return list_to_json(L, index, depth);
  json object = json::object();
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    const int value = lua_gettop(L);
    if (lua_type(L, value - 1) != LUA_TSTRING)
      throw Error("a JSON object has string keys", "use a list or string keys");
    object[std::string(check_string(L, value - 1))] = to_json(L, value, depth + 1);
    lua_pop(L, 1);
  }
  return object;
}

json number_to_json(lua_State* L, int index) {
  if (lua_isinteger(L, index))
    return lua_tointeger(L, index);
  const double number = lua_tonumber(L, index);
  return std::isfinite(number) ? json(number) : json(); // JSON has no NaN and no infinity
}

json to_json(lua_State* L, int index, int depth) {
  switch (lua_type(L, index)) {
    case LUA_TNIL:
      return nullptr;
    case LUA_TBOOLEAN:
      return lua_toboolean(L, index) != 0;
    case LUA_TNUMBER:
      return number_to_json(L, index);
    case LUA_TSTRING:
      return std::string(check_string(L, index));
    case LUA_TTABLE:
      return table_to_json(L, index, depth);
    default:
      throw Error(cat("a ", type_name(L, index), " has no JSON form"), "convert it with tostring");
  }
}

/// Beyond them integers become floats, as in Lua's own source text.
bool fits_integer(const json& value) {
  return !value.is_number_unsigned() ||
         value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<lua_Integer>::max());
}

int push_json(lua_State* L, const json& value) {
  reserve(L, 6);
  if (value.is_object()) {
    lua_newtable(L);
    for (const auto& [key, field] : value.items()) {
      push(L, key); // may hold a NUL
      push_json(L, field);
      lua_rawset(L, -3);
    }
  } else if (value.is_array()) {
    lua_newtable(L);
    for (std::size_t i = 0; i < value.size(); ++i) {
      push_json(L, value[i]);
      lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
    }
    if (value.empty())
      mark_list(L);
  } else if (value.is_string()) {
    push(L, value.get_ref<const std::string&>());
  } else if (value.is_boolean()) {
    push(L, value.get<bool>());
  } else if (value.is_number_integer() && fits_integer(value)) {
    push(L, value.get<int64_t>());
  } else if (value.is_number()) {
    push(L, value.get<double>());
  } else {
    lua_pushnil(L);
  }
  return 1;
}

int json_encode(lua_State* L) {
  return push(L, to_json(L, 1, 0).dump(opt_boolean(L, 2, false) ? 2 : -1, ' ', false,
                                       json::error_handler_t::replace));
}

int json_decode(lua_State* L) {
  const auto limit = [](int depth, json::parse_event_t, json&) {
    if (depth > kDeepest)
      throw Error("JSON nests too deep");
    return true;
  };
  try {
    return push_json(L, json::parse(check_string(L, 1), limit));
  } catch (const json::parse_error& e) {
    throw Error(cat("not valid JSON at byte ", e.byte));
  } catch (const json::out_of_range&) {
    throw Error("not valid JSON: it holds a number beyond float64");
  }
}

int json_list(lua_State* L) {
  if (lua_type(L, 1) != LUA_TTABLE || lua_getmetatable(L, 1) != 0)
    throw Error("a plain table is needed", "write json.list({ ... })");
  lua_settop(L, 1);
  mark_list(L);
  return 1;
}

const Entry kModule[] = {
    {"encode", json_encode,
     R"(Returns the JSON text of a value; keys are sorted, NaN and infinity become null.
@param value any  Tables with elements 1, 2, ... are lists; an empty table is an object, unless
  `json.list` or `json.decode` made it.
@param pretty? boolean  With line breaks.
@return string)"},
    {"decode", json_decode, R"(Returns the Lua value of a JSON text; null becomes nil.
@param text string
@return any)"},
    {"list", json_list,
     R"(Marks a table as a list, so that it is one in JSON even when it is empty, and returns it.
@param values any[]
@return any[]
@example
assert(json.encode { found = json.list {} } == '{"found":[]}'))"},
};

} // namespace

void register_json(lua_State* L) {
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kList);
  register_module(L, "json", kModule);
}

} // namespace residua
