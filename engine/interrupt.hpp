#pragma once
// Cancellation: a signal handler requests it, long computations poll for it between steps.

#include <stdexcept>

namespace residua {

/// Thrown by `poll` on request; every value is intact, since values never change.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

namespace interrupt {

void request() noexcept; ///< Safe in a signal handler.
void clear() noexcept;
bool requested() noexcept;

/// Throws Interrupted (and clears the request) when one is pending. Costs one atomic load.
void poll();

} // namespace interrupt
} // namespace residua
