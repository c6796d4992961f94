#pragma once
// Ctrl-C. While a command runs, the signal asks both the engine (engine/interrupt.hpp) and the Lua
// interpreter (a hook) to stop with the error "interrupted"; whichever comes first raises it, once.

#include <lua.hpp>

namespace residua::interrupt_signal {

/// Installs the handler; `main` is the state whose hook stops Lua code.
void install(lua_State* main);

/// Sets the handler of a signal; it runs on a stack of its own, because products of oneDNN 2.6 use
/// the stack pointer for data, and a handler on the same stack would write over their operands.
/// Every handler of a signal that can come during a computation must be set here.
void handle(int signal, void (*handler)(int)) noexcept;

/// For signal handlers: the kernel picks any thread, libtorch's included; only the one that reads
/// lines and runs Lua may handle a signal. Returns whether the signal was passed on to it.
bool forward_to_main(int signal) noexcept;

/// What a second Ctrl-C does while the first is still unheeded: raise again and again until the
/// command is over (a session, the default), or end the process at once (a script).
void end_on_second(bool end) noexcept;

/// While one lives, a command runs: signals interrupt it. Outside, they are only counted.
class Running {
 public:
  Running() noexcept;
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
};

/// While one lives, a coroutine runs: Lua hooks are per coroutine, so its own stops its code.
class InCoroutine {
 public:
  explicit InCoroutine(lua_State* coroutine) noexcept;
  ~InCoroutine();
  InCoroutine(const InCoroutine&) = delete;
  InCoroutine& operator=(const InCoroutine&) = delete;

 private:
  lua_State* outer_;
};

/// Whether Ctrl-C came since the last command or prompt began.
bool happened() noexcept;

/// Forgets what came.
void clear() noexcept;

} // namespace residua::interrupt_signal
