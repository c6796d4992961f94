#pragma once
// An object that counts how many of its kind are alive, and owns heap memory, so that a skipped
// destructor shows.

#include <string>

namespace residua {

struct Probe {
  static inline int alive = 0;
  std::string payload = std::string(200, 'x');

  Probe() { ++alive; }
  Probe(const Probe& other) : payload(other.payload) { ++alive; }
  Probe(Probe&& other) noexcept : payload(std::move(other.payload)) { ++alive; }
  Probe& operator=(const Probe&) = default;
  Probe& operator=(Probe&&) = default;
  ~Probe() { --alive; }
};

} // namespace residua
