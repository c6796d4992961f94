#pragma once
// Integer quantizers: what values a weight may take, and how a tensor is moved onto them (fake
// quantization).

#include <ATen/core/Tensor.h>
#include <string>

namespace residua {

enum class Granularity { tensor, channel, group };

/// An immutable value: bits, symmetry, granularity. Rounding is half to even; clip is absmax.
///
/// Symmetric: scale = absmax / (2^(bits-1) - 1), zero at 0; the code -2^(bits-1) never occurs (15
/// levels at 4 bits). Asymmetric: scale = (max - min) / (2^bits - 1) with min <= 0 <= max, integer
/// zero point.
struct Quantizer {
  int bits = 4; ///< 2 to 8
  bool symmetric = true;
  Granularity per = Granularity::tensor; ///< channel: one scale per row (output channel)
  int64_t group_size = 128; ///< values of a row that share a scale; the last group may be short

  /// The values that `weight` [out, in] takes: float32, same shape. A 1-D tensor counts as one row.
  at::Tensor apply(const at::Tensor& weight) const;
  /// Mean bits per value of a [rows, columns] matrix: codes, one 16-bit scale per block, a zero
  /// point if asymmetric.
  double bits_per_value(int64_t rows, int64_t columns) const;
  /// Number of blocks that have a scale of their own.
  int64_t blocks(int64_t rows, int64_t columns) const;

  std::string
  describe() const; ///< "int4 symmetric per channel, clip absmax"; equal values describe equally
  bool operator==(const Quantizer&) const = default;
};

/// Throws Error naming the option that is out of range.
void check(const Quantizer& quantizer);

} // namespace residua
