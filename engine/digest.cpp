#include "engine/digest.hpp"

#include <cstdint>
#include <cstdio>
#include <xxhash.h>

namespace residua {

struct Digest::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() { XXH3_128bits_reset(xxh); }
  ~State() { XXH3_freeState(xxh); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Digest::Digest() : state_(std::make_shared<State>()) {}

Digest& Digest::bytes(const void* data, std::size_t size) {
  XXH3_128bits_update(state_->xxh, data, size);
  return *this;
}

Digest& Digest::add(std::string_view field) {
  const std::uint64_t size = field.size();
  return bytes(&size, sizeof size).bytes(field.data(), field.size());
}

Digest& Digest::add(double number) {
  return bytes(&number, sizeof number);
}

Digest& Digest::add(long long number) {
  return bytes(&number, sizeof number);
}

std::string Digest::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh);
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text;
}

} // namespace residua
