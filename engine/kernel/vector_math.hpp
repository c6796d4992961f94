#pragma once
// Functions of one float without branches or calls, so that loops over them become vector code.

#include <bit>
#include <cstdint>

// A function for each width of vectors; the machine's own is chosen when the program starts.
// Sanitizers do not survive that choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RESIDUA_VECTOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define RESIDUA_VECTOR
#endif

namespace residua::kernel {

[[gnu::always_inline]] inline float least(float a, float b) {
  return a < b ? a : b;
}
[[gnu::always_inline]] inline float most(float a, float b) {
  return a > b ? a : b;
}

/// (e^r - 1) / r near 0, within ln 2 / 2: Taylor's series.
[[gnu::always_inline]] inline float small_growth(float r) {
  float p = 1.f / 5040;
  p = p * r + 1.f / 720;
  p = p * r + 1.f / 120;
  p = p * r + 1.f / 24;
  p = p * r + 1.f / 6;
  p = p * r + 1.f / 2;
  return p * r + 1.f;
}

/// e^x, relative error below 3e-7; arguments beyond +-87 count as these.
[[gnu::always_inline]] inline float exponential(float x) {
  constexpr float kLog2E = 1.44269504088896341f;
  constexpr float kLn2High = 0.693145751953125f, kLn2Low = 1.42860682030941723e-6f;
  constexpr float kRound =
      12582912.f;                  // 1.5 * 2^23: adding it rounds to an integer, in the low bits
  x = most(-87.f, least(87.f, x)); // in this order NaN stays NaN
  const float shifted = x * kLog2E + kRound;
  const float n = shifted - kRound;
  const float r = (x - n * kLn2High) - n * kLn2Low; // within ln 2 / 2 of 0
  return (small_growth(r) * r + 1.f) *
         std::bit_cast<float>((std::bit_cast<uint32_t>(shifted) << 23) + 0x3F800000u);
}

[[gnu::always_inline]] inline float sigmoid(float x) {
  return 1.f / (1.f + exponential(-x));
}

[[gnu::always_inline]] inline float hyperbolic_tangent(float x) {
  const float growth = small_growth(2.f * x) * 2.f * x; // e^2x - 1, where x is small
  const bool is_small = x > -0.17f && x < 0.17f;
  return is_small ? growth / (growth + 2.f) : 2.f * sigmoid(2.f * x) - 1.f;
}

/// 1 - Phi(|x|) of the standard normal distribution, absolute error below 1e-7 (Abramowitz and
/// Stegun 7.1.26).
[[gnu::always_inline]] inline float normal_tail(float x) {
  const float z = (x < 0 ? -x : x) * 0.707106781186547524f;
  const float t = 1.f / (1.f + 0.3275911f * z);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  return 0.5f * p * t * exponential(-z * z);
}

} // namespace residua::kernel
