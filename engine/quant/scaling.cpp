#include "engine/quant/scaling.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <cmath>
#include <limits>

namespace residua {

namespace {

at::Tensor signs_of(int64_t columns, uint64_t seed) {
  stats::Random random(seed);
  at::Tensor signs = at::empty({columns}, at::kFloat);
  float* values = signs.data_ptr<float>();
  for (int64_t i = 0; i < columns; ++i)
    values[i] = random.below(2) == 0 ? 1.0F : -1.0F;
  return signs;
}

/// Each block of the greatest power of two times the normalised Hadamard matrix, its own inverse.
at::Tensor hadamard(const at::Tensor& matrix) {
  const int64_t columns = matrix.size(1), size = columns & -columns;
  at::Tensor x = matrix.reshape({-1, size});
  for (int64_t half = 1; half < size; half *= 2) {
    const at::Tensor pairs = x.view({x.size(0), size / (2 * half), 2, half});
    const at::Tensor a = pairs.select(2, 0), b = pairs.select(2, 1);
    x = at::stack({a + b, a - b}, 2).view({-1, size});
  }
  return x.div(std::sqrt(static_cast<double>(size))).view({-1, columns});
}

} // namespace

at::Tensor quantize_scaled(const at::Tensor& weight, const at::Tensor& scales,
                           const Quantizer& quantizer) {
  const at::NoGradGuard no_grad;
  const at::Tensor s = scales.to(weight.device(), at::kFloat);
  return quantizer.apply(weight * s).div(s);
}

AwqResult awq(const at::Tensor& weight, const Inputs& inputs, const Quantizer& quantizer,
              int64_t grid) {
  check(inputs, weight.size(1));
  if (grid < 1)
    throw Error(cat("AWQ: grid = ", grid), "use 1 or more steps");
  const at::NoGradGuard no_grad;
  AwqResult best;
  double least = std::numeric_limits<double>::infinity();
  for (int64_t step = 0; step < grid; ++step) {
    interrupt::poll();
    const double alpha = static_cast<double>(step) / static_cast<double>(grid);
    at::Tensor scales = inputs.mean_abs.pow(alpha).clamp_min(1e-4);
    scales = (scales / (scales.max() * scales.min()).sqrt()).to(at::kFloat);
    const at::Tensor changed = quantize_scaled(weight, scales, quantizer);
    const double error = output_error(weight, changed, inputs);
    if (error < least) {
      least = error;
      best = {changed, scales, alpha};
    }
  }
  if (!best.weight.defined())
    throw Error("AWQ: no scale gives a finite error", "check the weight and the activations");
  return best;
}

at::Tensor smoothing_scales(const at::Tensor& max_activation, const at::Tensor& max_weight,
                            double alpha) {
  if (!(alpha >= 0 && alpha <= 1))
    throw Error(cat("SmoothQuant: alpha = ", alpha), "use 0 to 1");
  const at::Tensor x = max_activation.to(at::kCPU, at::kFloat).clamp_min(1e-5);
  const at::Tensor w = max_weight.to(at::kCPU, at::kFloat).clamp_min(1e-5);
  return (x.pow(alpha) / w.pow(1 - alpha)).clamp_min(1e-5);
}

at::Tensor rotate_columns(const at::Tensor& matrix, uint64_t seed) {
  if (matrix.dim() != 2)
    throw Error(cat("a rotation of ", matrix.dim(), " dimensions"),
                "rotate matrices only; protect norms");
  return hadamard(matrix.to(at::kFloat) * signs_of(matrix.size(1), seed).to(matrix.device()));
}

at::Tensor unrotate_columns(const at::Tensor& matrix, uint64_t seed) {
  return hadamard(matrix.to(at::kFloat)) * signs_of(matrix.size(1), seed).to(matrix.device());
}

at::Tensor quantize_rotated(const at::Tensor& weight, const Quantizer& quantizer, uint64_t seed) {
  const at::NoGradGuard no_grad;
  return unrotate_columns(quantizer.apply(rotate_columns(weight, seed)), seed);
}

} // namespace residua
