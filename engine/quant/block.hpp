#pragma once
// One block: values that share a scale, moved onto the grid in place.

#include "engine/quant/clip.hpp"

namespace residua {

enum class ScaleFormat {
  float32,
  power_of_two, ///< E8M0 of the OCP MX formats: 2^(floor(log2 absmax) - exponent of the top code)
  e4m3,         ///< NVFP4: E4M3 times one float32 per tensor
};

enum class Rounding { half_even, stochastic };

/// How a block is quantized: what a Quantizer holds beyond its granularity.
struct BlockRules {
  Grid grid;
  Clip clip;
  ScaleFormat scale_format = ScaleFormat::float32;
  Rounding rounding = Rounding::half_even;
  uint64_t seed = 0;      ///< of stochastic rounding
  float tensor_scale = 1; ///< of e4m3 scales: (448 * 6) / absmax of the tensor
};

/// What quantizing did, in sums that add up over blocks.
struct ErrorSums {
  double count = 0;
  double power = 0;          ///< sum of x^2
  double rounding_error = 0; ///< sum of squared errors of values inside the range
  double clipping_error = 0; ///< of values outside
  double clipped = 0;        ///< how many lie outside
  void add(const ErrorSums& other);
};

/// What turns codes into values: (code - zero) * scale.
struct Scale {
  float scale = 0; ///< 0: the block becomes zeros
  float zero = 0;  ///< code that stands for 0
};

/// The range that a block keeps, by its clip rule or by search.
Range block_range(std::span<const float> values, const BlockRules& rules);
Scale block_scale(const Range& range, const BlockRules& rules);
/// Replaces values by the nearest (code - zero) * scale. `offset` as below.
void fake_quantize(std::span<float> values, const BlockRules& rules, const Scale& scale,
                   uint64_t offset = 0);

/// Replaces the values by what they become. `offset` is the position of the first one in its
/// tensor, which stochastic rounding draws by, so that blocks may be done in any order. Fills
/// `sums` if given. NaN or infinite values are an Error. A block whose scale is 0 in float32
/// (zeros, or denormals) becomes 0.
void quantize_block(std::span<float> values, const BlockRules& rules, uint64_t offset,
                    ErrorSums* sums = nullptr);

} // namespace residua
