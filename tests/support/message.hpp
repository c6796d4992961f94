#pragma once
// Error messages in tests: what an action throws, checked to be an Error of one line.

#include "tests/support/catch.hpp"

#include "engine/error.hpp"

#include <string>

namespace residua {

/// The message of the Error that `action` throws. Anything else is told apart: "no error", "not an
/// Error: ...".
template <class Action> std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    const std::string message = e.what();
    CHECK(message.find_first_of("\r\n") == std::string::npos);
    return message;
  } catch (const std::exception& e) {
    return cat("not an Error: ", e.what());
  }
  return "no error";
}

} // namespace residua
