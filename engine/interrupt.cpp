#include "engine/interrupt.hpp"

#include <atomic>

namespace residua::interrupt {

static std::atomic<bool> pending{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the flag is set in a signal handler");

void request() noexcept {
  pending.store(true, std::memory_order_relaxed);
}

void clear() noexcept {
  pending.store(false, std::memory_order_relaxed);
}

bool requested() noexcept {
  return pending.load(std::memory_order_relaxed);
}

void poll() {
  if (!requested())
    return;
  clear();
  throw Interrupted();
}

} // namespace residua::interrupt
