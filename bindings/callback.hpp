#pragma once
// A Lua function held by C++: called protected, so that engine frames below it unwind as C++ under
// either Lua build.

#include <exception>
#include <lua.hpp>

namespace residua {

/// A Lua callback failed; its error object (any Lua value) is on the top of the stack.
class ScriptError : public std::exception {
 public:
  const char* what() const noexcept override { return "error in a Lua function"; }
};

/// Message handler for lua_pcall: appends a traceback to string errors, once, and leaves other
/// error objects and "interrupted" as they are.
int traceback(lua_State* L);

/// Owns a Lua function. Used only on the thread of its Lua state, and gone before the state closes
/// or with it.
class Callback {
 public:
  /// Throws ArgError when the argument is not a function.
  Callback(lua_State* L, int index);
  ~Callback();
  Callback(Callback&& other) noexcept;
  Callback& operator=(Callback&& other) noexcept;

  /// Calls the function with the `args` values on the stack top, which it replaces by `results`
  /// values. Throws ScriptError when the function fails.
  void call(lua_State* L, int args, int results) const;

 private:
  lua_State* main_; // the main thread: the coroutine that made the callback may be gone
  int ref_;
};

} // namespace residua
