// Requests to stop, polled for.

#include "tests/support/catch.hpp"

#include "engine/interrupt.hpp"

#include <csignal>

using namespace residua;

TEST_CASE("a request is thrown once", "[interrupt]") {
  interrupt::clear();
  CHECK_NOTHROW(interrupt::poll());
  interrupt::request();
  interrupt::request();
  CHECK(interrupt::requested());
  CHECK_THROWS_WITH(interrupt::poll(), "interrupted");
  CHECK_FALSE(interrupt::requested());
  CHECK_NOTHROW(interrupt::poll());
}

TEST_CASE("a request can be taken back", "[interrupt]") {
  interrupt::request();
  interrupt::clear();
  CHECK_NOTHROW(interrupt::poll());
}

TEST_CASE("a signal handler may request", "[interrupt]") {
  auto* const before = std::signal(SIGUSR1, [](int) { interrupt::request(); });
  std::raise(SIGUSR1);
  std::signal(SIGUSR1, before);
  CHECK_THROWS_AS(interrupt::poll(), Interrupted);
}
