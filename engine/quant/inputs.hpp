#pragma once
// What calibrated quantizers know of the activations that a weight reads.

#include <ATen/core/Tensor.h>

namespace residua {

/// Sums over calibration tokens x [width], each counted with the weight of its text.
struct Inputs {
  double tokens = 0;   ///< sum of the weights
  at::Tensor gram;     ///< [width, width] sum of x x^T, float64
  at::Tensor mean_abs; ///< [width] mean of |x|, float64
  at::Tensor max_abs;  ///< [width] greatest |x|, whatever the weights
};

/// Mean squared error of a weight's output when `weight` [out, width] becomes `changed`: the trace
/// of D gram D^T with D the difference, per token.
double output_error(const at::Tensor& weight, const at::Tensor& changed, const Inputs& inputs);

/// Throws Error unless the inputs belong to a weight of this many columns.
void check(const Inputs& inputs, int64_t columns);

} // namespace residua
