#pragma once
// HQQ (Badri and Shaji 2023): half-quadratic quantization, which needs no calibration texts. It
// moves the zero point, which need not be whole, so that errors are few rather than small.

#include <ATen/core/Tensor.h>

namespace residua {

struct HqqOptions {
  int bits = 4;
  int64_t group_size = 64; ///< values of a row that share scale and zero point
  double p = 0.7;          ///< of the norm of the errors that is kept low
  double beta = 10;
  double kappa = 1.01; ///< growth of beta per step
  int64_t steps = 20;
};

/// The weight [out, in] after HQQ, float32. Stops early once the mean error no longer falls.
at::Tensor hqq(const at::Tensor& weight, const HqqOptions& options = {});

} // namespace residua
