#pragma once
// Grids: which values a code may stand for before it is multiplied with a scale.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace residua {

enum class GridKind {
  symmetric,  ///< integers -(2^(b-1)-1) to 2^(b-1)-1: 15 levels at 4 bits
  full,       ///< integers -2^(b-1) to 2^(b-1)-1
  asymmetric, ///< the same integers, with a zero point
  fp8_e4m3,   ///< finite-only variant, up to 448
  fp8_e5m2,   ///< up to 57344
  fp4_e2m1,   ///< 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives
  nf4,     ///< 16 quantiles of a normal distribution (QLoRA, Dettmers et al. 2023), within [-1, 1]
  ternary, ///< -1, 0, 1
  binary,  ///< -1, 1
};

/// Names of the kinds, in their order.
extern const std::string_view kGridNames[9];

/// A value: kind, and bits for the integer kinds.
struct Grid {
  GridKind kind = GridKind::symmetric;
  int bits = 4; ///< 2 to 8 of integers; nothing to the others

  bool is_integer() const { return kind <= GridKind::asymmetric; }
  /// Bits of a code: fractional (log2 3) for ternary.
  double code_bits() const;
  float lowest() const;  ///< least code
  float highest() const; ///< greatest code
  /// What a threshold is divided by to give the scale: the greatest code, or half the range of the
  /// full and asymmetric kinds (7.5 at 4 bits), as compressed-tensors has it.
  float top() const;
  /// All codes, ascending; there are at most 256.
  std::vector<float> levels() const;
  std::string name() const; ///< "int4 symmetric", "fp4_e2m1"
  bool operator==(const Grid&) const = default;
};

/// Throws Error when bits are out of range.
void check(const Grid& grid);

/// Moves values, already divided by the scale (and shifted by the zero point), onto codes in place:
/// the nearest, beyond the ends the last. Ties go to the even integer or even mantissa; among table
/// levels (nf4, ternary, binary) to the lower level.
void round_to_codes(std::span<float> values, const Grid& grid);

/// The same with stochastic rounding: up with the probability of the distance to the code below.
/// `uniform` has a number in [0, 1) for each value.
void round_to_codes(std::span<float> values, const Grid& grid, std::span<const float> uniform);

} // namespace residua
