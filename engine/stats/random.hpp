#pragma once
// Random numbers that a seed fixes on every platform: the standard library fixes its generators,
// not its distributions.

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace residua::stats {

/// SplitMix64 (Steele, Lea, Flood 2014): spreads a seed over the state of another generator.
class SplitMix {
 public:
  explicit SplitMix(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_;
};

/// xoshiro256** 1.0 (Blackman, Vigna 2018), seeded by SplitMix64. Integers and uniforms are the
/// same everywhere; normal deviates up to the last bit of the platform's log and cos.
class Random {
 public:
  explicit Random(uint64_t seed) {
    SplitMix mix(seed);
    for (uint64_t& word : state_)
      word = mix.next();
  }
  /// Starts from a state that is not all zeros.
  explicit Random(const std::array<uint64_t, 4>& state) : state_(state) {}

  /// 64 random bits.
  uint64_t next() {
    const uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// Integer from 0 to n - 1, each as likely; n >= 1. Lemire 2019: the high half of a product, with
  /// rejection.
  uint64_t below(uint64_t n) {
    Wide product = static_cast<Wide>(next()) * n;
    if (static_cast<uint64_t>(product) < n) {
      const uint64_t excess = (0 - n) % n; // 2^64 mod n
      while (static_cast<uint64_t>(product) < excess)
        product = static_cast<Wide>(next()) * n;
    }
    return static_cast<uint64_t>(product >> 64);
  }

  /// Multiple of 2^-53 in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// Standard normal deviate, by Box and Muller 1958; two uniforms each, to keep no spare.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  /// Puts values in random order, each order as likely (Fisher and Yates).
  template <class Value> void shuffle(std::span<Value> values) {
    for (std::size_t left = values.size(); left > 1; --left)
      std::swap(values[left - 1], values[below(left)]);
  }

 private:
  __extension__ using Wide = unsigned __int128;
  static uint64_t rotate(uint64_t word, int bits) { return (word << bits) | (word >> (64 - bits)); }

  std::array<uint64_t, 4> state_{};
};

} // namespace residua::stats
