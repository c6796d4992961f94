#include "bindings/entry.hpp"

#include "bindings/args.hpp"
#include "bindings/callback.hpp"
#include "bindings/public_name.hpp"
#include "bindings/torch_message.hpp"
#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/quote.hpp"

#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>
#include <cctype>
#include <climits>
#include <cstring>
#include <filesystem>
#include <new>
#include <string_view>

namespace residua {

namespace {

enum class Failure { script, interrupted, argument, engine, other };

void push_message(lua_State* L, std::string_view text) {
  lua_settop(L, 0); // the body may have left the stack full
  lua_pushlstring(L, text.data(), text.size());
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

/// The name of parameter `index` (from 1) in the documentation; empty where it has none.
std::string_view parameter_name(std::string_view doc, int index) {
  constexpr std::string_view kTag = "@param ";
  if (index < 1)
    return {};
  for (; index > 0; --index) {
    const std::size_t found = doc.find(kTag);
    if (found == std::string_view::npos)
      return {};
    doc.remove_prefix(found + kTag.size());
  }
  return doc.substr(0, doc.find_first_of("? \n"));
}

/// The message without the name of the engine's function that it opens with: "ols: 3 values".
const char* without_function(const char* message) {
  const char* end = message;
  while (std::isalnum(static_cast<unsigned char>(*end)) || *end == '_')
    ++end;
  return end > message && std::strncmp(end, ": ", 2) == 0 ? end + 2 : message;
}

/// [message] -> the text of an error of the function that the script called: "stats.mean: values:
/// 0 values".
void describe_public(lua_State* L, const Entry& entry, const char* name, Failure failure,
                     int bad_argument) {
  const char* message = lua_tostring(L, -1);
  const int index = bad_argument - (bad_argument > 0 && called_as_method(L));
  const std::string_view parameter = parameter_name(entry.doc, index);
  lua_pushfstring(L, "%s: ", name);
  if (!parameter.empty()) {
    lua_pushlstring(L, parameter.data(), parameter.size());
    lua_pushstring(L, ": ");
    lua_concat(L, 3);
  }
  lua_pushstring(L, failure == Failure::engine ? without_function(message) : message);
  lua_concat(L, 2);
}

/// [message] -> raises it with the line of the script. No C++ object may be alive.
int raise(lua_State* L, const Entry& entry, Failure failure, int bad_argument) {
  const PublicCall call = public_call(L);
  if (call.name)
    describe_public(L, entry, call.name, failure, bad_argument);
  else if (bad_argument > 0)
    describe_argument(L, entry, bad_argument);
  else
    lua_pushfstring(L, "%s: %s", entry.name, lua_tostring(L, -1));
  luaL_where(L, call.level + 1);
  lua_insert(L, -2);
  lua_concat(L, 2);
  return lua_error(L);
}

/// The most values that a call may pass, self among them: by surplus ones the caller meant
/// something. Lua passes more than the documentation says to metamethods and what opens a module.
int most_arguments(const Entry& entry, Call call) {
  const std::string_view doc = entry.doc, name = entry.name;
  if (doc.find('@') == std::string_view::npos || name.starts_with("__") ||
      doc.find("@param ...") != std::string_view::npos)
    return INT_MAX;
  int count = call == Call::method ? 1 : 0;
  for (auto at = doc.find("@param "); at != std::string_view::npos;
       at = doc.find("@param ", at + 1))
    ++count;
  return count;
}

int refuse_surplus(lua_State*) {
  throw Error("more arguments than it takes", "its help lists them");
}

int dispatch(lua_State* L) {
  const auto& entry = *static_cast<const Entry*>(lua_touserdata(L, lua_upvalueindex(1)));
  const auto most = static_cast<int>(lua_tointeger(L, lua_upvalueindex(2)));
  return run_guarded(L,
                     lua_gettop(L) <= most ? entry : Entry{entry.name, refuse_surplus, entry.doc});
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
  } catch (const Error& error) {
    failure = Failure::engine;
    push_message(L, error.what());
  } catch (const c10::Error& error) {
    push_message(L, torch_message(error.what_without_backtrace()));
  } catch (const std::filesystem::filesystem_error& error) {
    push_message(L, cat(quote(error.path1().string()), ": ", error.code().message()));
  } catch (const std::bad_alloc&) {
    push_message(L, "not enough memory");
  } catch (const std::exception& error) {
    push_message(L, error.what());
  } // every C++ object is gone from here on
  if (failure == Failure::script || failure == Failure::interrupted)
    return lua_error(L);
  return raise(L, entry, failure, bad_argument);
}

void push_entry(lua_State* L, const Entry& entry, Call call) {
  lua_pushlightuserdata(L, const_cast<Entry*>(&entry));
  lua_pushinteger(L, most_arguments(entry, call));
  lua_pushcclosure(L, dispatch, 2);
}

const Entry* entry_of(lua_State* L, int index) {
  if (lua_tocfunction(L, index) != dispatch || !lua_getupvalue(L, index, 1))
    return nullptr;
  const auto* entry = static_cast<const Entry*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return entry;
}

void set_entries(lua_State* L, std::span<const Entry> entries, Call call) {
  for (const Entry& entry : entries) {
    lua_pushstring(L, entry.name);
    if (lua_rawget(L, -2) != LUA_TNIL)
      throw Error(cat("native function '", entry.name, "' is registered twice"), "rename one");
    lua_pop(L, 1);
    lua_pushstring(L, entry.name);
    push_entry(L, entry, call);
    lua_rawset(L, -3);
  }
}

void register_module(lua_State* L, const char* module, std::span<const Entry> entries) {
  luaL_getsubtable(L, -1, module);
  set_entries(L, entries);
  lua_pop(L, 1);
}

} // namespace residua
