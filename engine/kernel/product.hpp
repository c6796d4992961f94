#pragma once
// The product of a linear layer on the CPU, by the faster of two libraries.

#include "engine/kernel/activation.hpp"
#include "engine/kernel/gemm.hpp"

#include <ATen/core/Tensor.h>
#include <string>

namespace residua::kernel {

/// Whether the functions of this folder may take the tensor: float32 on the CPU, where no gradients
/// are recorded (NoGradGuard).
bool usable(const at::Tensor& tensor);

/// By oneDNN's sgemm, or by that of the BLAS where it was clearly faster when first asked.
void multiply(const Gemm& gemm);

/// "oneDNN" or "BLAS".
std::string product_library();

/// The best of five products of n x n matrices: billions of additions and multiplications per
/// second.
double measure_gflops(int64_t n);

/// activation(x weight^T + bias) [tokens, out] of x [tokens, in], weight [out, in], bias [out] or
/// undefined.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  Activation activation = Activation::none);

} // namespace residua::kernel
