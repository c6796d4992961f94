#pragma once
// Clip rules: the range of values that a block keeps; what lies outside moves to its border.

#include "engine/quant/grid.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace residua {

enum class ClipRule {
  absmax,        ///< nothing is clipped
  percentile,    ///< `value` percent of the magnitudes are kept; all where that threshold is 0
  fixed,         ///< [-value, value] whatever the data: a static range
  mse,           ///< search for the least squared error on the grid
  aciq_gauss,    ///< optimum for a Gaussian of the block's std
  aciq_laplace,  ///< optimum for a Laplace law of its mean absolute deviation
  aciq,          ///< of the two the law that fits better (greater likelihood)
  kurtosis_rule, ///< std (2.5 + 0.3 ln(1 + excess kurtosis)): not ACIQ's; no law has it as optimum
  absmean,       ///< the mean magnitude: least-squares scale of binary, usual scale of ternary
};

/// Names of the rules, in their order.
extern const std::string_view kClipNames[9];

struct Clip {
  ClipRule rule = ClipRule::absmax;
  double value = 0;       ///< of percentile and fixed
  bool one_sided = false; ///< values are non-negative, as after ReLU: ACIQ with one bit more

  std::string describe() const; ///< "clip percentile 99.9"
  bool operator==(const Clip&) const = default;
};

/// Throws Error when the value is out of range, or the grid cannot be one-sided.
void check(const Clip& clip, const Grid& grid);

/// The kept range [low, high]; 0 lies in it.
struct Range {
  float low = 0, high = 0;
};

/// The range of a block. For symmetric grids low = -high; ACIQ's threshold counts from the mean for
/// asymmetric grids. But for a fixed one, the range never exceeds what the data span. `clip.rule`
/// must not be mse, which needs a scale: see `quantize`.
Range clip_range(std::span<const float> values, const Clip& clip, const Grid& grid);

/// [min, max] of the values and 0, or [-absmax, absmax] where the grid is symmetric. Throws Error
/// at NaN or infinity.
Range full_range(std::span<const float> values, const Grid& grid);

} // namespace residua
