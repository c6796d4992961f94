#include "bindings/entry.hpp"

#include "bindings/args.hpp"
#include "bindings/callback.hpp"
#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>
#include <cstring>
#include <new>

namespace residua {

namespace {

enum class Failure { script, interrupted, argument, other };

/// libtorch's messages may go on with lists of backends and a C++ stack: the first line says what
/// is wrong.
void push_first_line(lua_State* L, const char* text) {
  lua_settop(L, 0); // the body may have left the stack full
  if (std::strncmp(text, "[enforce fail", 13) == 0 && std::strstr(text, "] "))
    text = std::strstr(text, "] ") + 2;
  lua_pushlstring(L, text, std::strcspn(text, "\n"));
}

void push_message(lua_State* L, const char* text) {
  lua_settop(L, 0);
  lua_pushstring(L, text);
}

bool called_as_method(lua_State* L) {
  lua_Debug call;
  return lua_getstack(L, 0, &call) && lua_getinfo(L, "n", &call) &&
         std::strcmp(call.namewhat, "method") == 0;
}

/// [message] -> the text of an argument error; in a:f(b), b is argument 1 and a is self.
void describe_argument(lua_State* L, const Entry& entry, int index) {
  const char* message = lua_tostring(L, -1);
  index -= called_as_method(L);
  if (index == 0)
    lua_pushfstring(L, "calling '%s' on bad self (%s)", entry.name, message);
  else
    lua_pushfstring(L, "bad argument #%d to '%s' (%s)", index, entry.name, message);
}

/// [message] -> raises it with the line of the script. No C++ object may be alive.
int raise(lua_State* L, const Entry& entry, int bad_argument) {
  if (bad_argument > 0)
    describe_argument(L, entry, bad_argument);
  else
    lua_pushfstring(L, "%s: %s", entry.name, lua_tostring(L, -1));
  luaL_where(L, 1);
  lua_insert(L, -2);
  lua_concat(L, 2);
  return lua_error(L);
}

int dispatch(lua_State* L) {
  return run_guarded(L, *static_cast<const Entry*>(lua_touserdata(L, lua_upvalueindex(1))));
}

} // namespace

int run_guarded(lua_State* L, const Entry& entry) {
  Failure failure = Failure::other;
  int bad_argument = 0;
  try {
    c10::NoGradGuard no_grad;
    return entry.body(L);
  } catch (const ScriptError&) { // a callback failed; its error object is on the stack top
    failure = Failure::script;
  } catch (const Interrupted& error) {
    failure = Failure::interrupted;
    push_message(L, error.what());
  } catch (const ArgError& error) {
    failure = Failure::argument;
    bad_argument = error.index();
    push_message(L, error.what());
  } catch (const c10::Error& error) {
    push_first_line(L, error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    push_message(L, "not enough memory");
  } catch (const std::exception& error) {
    push_message(L, error.what());
  } // every C++ object is gone from here on
  if (failure == Failure::script || failure == Failure::interrupted)
    return lua_error(L);
  return raise(L, entry, bad_argument);
}

void push_entry(lua_State* L, const Entry& entry) {
  lua_pushlightuserdata(L, const_cast<Entry*>(&entry));
  lua_pushcclosure(L, dispatch, 1);
}

const Entry* entry_of(lua_State* L, int index) {
  if (lua_tocfunction(L, index) != dispatch || !lua_getupvalue(L, index, 1))
    return nullptr;
  const auto* entry = static_cast<const Entry*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return entry;
}

void set_entries(lua_State* L, std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    lua_pushstring(L, entry.name);
    if (lua_rawget(L, -2) != LUA_TNIL)
      throw Error(cat("native function '", entry.name, "' is registered twice"), "rename one");
    lua_pop(L, 1);
    lua_pushstring(L, entry.name);
    push_entry(L, entry);
    lua_rawset(L, -3);
  }
}

void register_module(lua_State* L, const char* module, std::span<const Entry> entries) {
  luaL_getsubtable(L, -1, module);
  set_entries(L, entries);
  lua_pop(L, 1);
}

} // namespace residua
