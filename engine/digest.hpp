#pragma once
// Content digests (XXH3, 128 bit): names for weights, plans, texts and tokenizers in caches and
// records.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace residua {

/// Accumulates bytes and fields; equal sequences of `add` calls give equal digests.
class Digest {
 public:
  Digest();
  /// Adds raw bytes, for data whose length is fixed or was added before.
  Digest& bytes(const void* data, std::size_t size);
  /// Adds a field with its length, so that ("ab", "c") and ("a", "bc") differ.
  Digest& add(std::string_view field);
  Digest& add(double number);
  Digest& add(long long number);
  Digest& add(int number) { return add(static_cast<long long>(number)); }
  Digest& add(long number) { return add(static_cast<long long>(number)); }

  /// 32 hexadecimal digits.
  std::string hex() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

} // namespace residua
