#include "repl/interrupt_signal.hpp"

#include "engine/interrupt.hpp"

#include <atomic>
#include <csignal>
#include <pthread.h>

namespace residua::interrupt_signal {

namespace {

constexpr int kEveryEvent = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;
constexpr int kInsistentCount = 1000; // instructions between errors once Ctrl-C was pressed twice

lua_State* main_state = nullptr;
std::atomic<lua_State*> coroutine{nullptr}; // the one that runs, if any
pthread_t main_thread;
std::atomic<int> presses{0};
std::atomic<bool> running{false};
std::atomic<bool> second_ends{false};
static_assert(std::atomic<int>::is_always_lock_free, "counted in a signal handler");

/// Stops Lua code, unless an engine loop has raised the interrupt already. A script that catches
/// the error and goes on meets it again after a second Ctrl-C, until the command is over.
void on_hook(lua_State* L, lua_Debug*) {
  const bool insist = presses.load() > 1;
  if (insist)
    lua_sethook(L, on_hook, LUA_MASKCOUNT, kInsistentCount);
  else
    lua_sethook(L, nullptr, 0, 0);
  if (!insist && !interrupt::requested())
    return;
  interrupt::clear();
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

/// Gives this thread a stack for its handlers, unless a sanitizer has.
void provide_handler_stack() {
  alignas(64) static char memory[64 * 1024];
  stack_t stack = {};
  if (sigaltstack(nullptr, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0)
    return;
  stack = {};
  stack.ss_sp = memory;
  stack.ss_size = sizeof memory;
  sigaltstack(&stack, nullptr);
}

void on_signal(int signal) {
  if (forward_to_main(signal))
    return;
  const int count = presses.fetch_add(1) + 1;
  if (second_ends.load() && (count > 1 || !running.load())) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  } else if (running.load()) {
    interrupt::request();
    // A signal cannot change a state more than this.
    for (lua_State* state : {main_state, coroutine.load()})
      if (state)
        lua_sethook(state, on_hook, kEveryEvent, 1);
  }
}

} // namespace

void handle(int signal, void (*handler)(int)) noexcept {
  provide_handler_stack();
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK; // without SA_RESTART: a blocked read returns
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

bool forward_to_main(int signal) noexcept {
  if (pthread_equal(pthread_self(), main_thread))
    return false;
  pthread_kill(main_thread, signal);
  return true;
}

void install(lua_State* main) {
  main_state = main;
  main_thread = pthread_self();
  handle(SIGINT, on_signal);
}

void end_on_second(bool end) noexcept {
  second_ends.store(end);
}

Running::Running() noexcept {
  clear();
  running.store(true);
}

Running::~Running() {
  running.store(false);
  interrupt::clear();
  lua_sethook(main_state, nullptr, 0, 0);
}

InCoroutine::InCoroutine(lua_State* inner) noexcept : outer_(coroutine.exchange(inner)) {}

InCoroutine::~InCoroutine() {
  coroutine.store(outer_);
}

bool happened() noexcept {
  return presses.load() > 0;
}

void clear() noexcept {
  presses.store(0);
  interrupt::clear();
}

} // namespace residua::interrupt_signal
