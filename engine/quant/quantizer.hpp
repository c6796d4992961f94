#pragma once
// Quantizers: what values a tensor may take, and how it is moved onto them (fake quantization).

#include "engine/quant/block.hpp"

#include <ATen/core/Tensor.h>
#include <string>
#include <vector>

namespace residua {

/// What shares a scale. A tensor counts as [rows, columns], all but the last dimension being rows.
enum class Granularity {
  tensor,
  channel, ///< a row: an output channel of a weight [out, in]
  group,   ///< `group_size` values of a row; the last group of a row may be short
  block,   ///< `group_size` x `group_size` values; the last ones may be short
  token,   ///< a row of activations [tokens, width]
};

/// Names of the granularities, in their order.
extern const std::string_view kGranularityNames[5];

/// What quantizing a tensor did to it.
struct QuantError {
  double mse = 0;
  double sqnr = 0;          ///< 10 log10(power / error) [dB]
  double clipped_share = 0; ///< of values outside the kept range
  double clipping_mse = 0;  ///< the part of mse from these
  double rounding_mse = 0;  ///< the rest
  double bits = 0;          ///< mean bits per value, scales included
};

/// An immutable value: grid, granularity, clip, rounding.
struct Quantizer {
  Grid grid;
  Granularity per = Granularity::tensor;
  int64_t group_size = 128;
  Clip clip;
  ScaleFormat scale_format = ScaleFormat::float32;
  Rounding rounding = Rounding::half_even;
  uint64_t seed = 0; ///< of stochastic rounding
  /// Afterwards each row gets back its mean and its norm about it (ACIQ, section 4.2), which moves
  /// the values off the grid by a factor and an offset per row.
  bool bias_correction = false;
  /// Per channel: rows get more or fewer bits, bins proportional to threshold^(2/3) (ACIQ, section
  /// 4.3), rounded to 2 to 8 bits.
  bool bit_allocation = false;
  /// Rows and columns (ascending, from 0) that stay as they are; the others are quantized as if
  /// these were not there, groups and blocks included.
  std::vector<int64_t> kept_rows, kept_columns;

  /// The values that `tensor` takes: float32, same shape; the result is the only copy made. NaN or
  /// infinite values are an Error.
  at::Tensor apply(const at::Tensor& tensor) const;
  /// What `apply` does to the values that it quantizes, before any bias correction.
  QuantError error(const at::Tensor& tensor) const;

  /// Mean bits per value of a [rows, columns] matrix: codes, scales (16 bits each, 8 in the block
  /// formats), zero points. With bit allocation the nominal bits; `error` has those allocated.
  double bits_per_value(int64_t rows, int64_t columns) const;
  /// Values of a [rows, columns] matrix that `kept_rows` and `kept_columns` spare.
  int64_t kept_values(int64_t rows, int64_t columns) const;
  /// Number of blocks that have a scale of their own.
  int64_t blocks(int64_t rows, int64_t columns) const;

  std::string describe() const; ///< "int4 symmetric per channel, clip absmax"; equal only if equal
  bool operator==(const Quantizer&) const = default;
};

/// An integer quantizer with absmax clip.
Quantizer integer_quantizer(int bits, bool symmetric, Granularity per = Granularity::tensor,
                            int64_t group_size = 128);

/// Throws Error naming the option that is out of range.
void check(const Quantizer& quantizer);

} // namespace residua
