#pragma once
// Methods that scale or rotate the columns of a weight before it is quantized and undo that after:
// exact without quantization, since the activations can be changed the other way round.

#include "engine/quant/inputs.hpp"
#include "engine/quant/quantizer.hpp"

namespace residua {

/// Q(W diag(s)) diag(1/s).
at::Tensor quantize_scaled(const at::Tensor& weight, const at::Tensor& scales,
                           const Quantizer& quantizer);

/// AWQ (Lin et al. 2023, arXiv 2306.00978): s = mean|x|^a, normalised to sqrt(max s min s) = 1,
/// with the a of `grid` steps from 0 to below 1 that errs least at the output.
struct AwqResult {
  at::Tensor weight; ///< [out, in]
  at::Tensor scales; ///< [in]
  double alpha = 0;
};
AwqResult awq(const at::Tensor& weight, const Inputs& inputs, const Quantizer& quantizer,
              int64_t grid = 20);

/// Scales of SmoothQuant (Xiao et al. 2022, arXiv 2211.10438): max|x|^alpha / max|w|^(1 - alpha)
/// per column, where `max_weight` [in] is over all weights that read the activation.
at::Tensor smoothing_scales(const at::Tensor& max_activation, const at::Tensor& max_weight,
                            double alpha);

/// Rows times a random orthogonal matrix: signs drawn by `seed`, then Hadamard transforms over
/// blocks of the greatest power of two that divides the columns (QuaRot, Ashkboos et al. 2024).
at::Tensor rotate_columns(const at::Tensor& matrix, uint64_t seed);
/// The inverse of rotate_columns.
at::Tensor unrotate_columns(const at::Tensor& matrix, uint64_t seed);

/// Q(W R) R^T.
at::Tensor quantize_rotated(const at::Tensor& weight, const Quantizer& quantizer, uint64_t seed);

} // namespace residua
