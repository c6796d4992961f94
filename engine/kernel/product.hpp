#pragma once
// The product of a linear layer on the CPU, by the faster of two libraries.

#include "engine/kernel/activation.hpp"

#include <ATen/core/Tensor.h>
#include <string>

namespace residua::kernel {

/// Whether the functions of this folder may take the tensor: float32 on the CPU, where no gradients
/// are recorded (NoGradGuard).
bool usable(const at::Tensor& tensor);

/// C [m, n] = alpha A [m, k] B + beta C, rows `lda`, `ldb`, `ldc` apart. B is [k, n], or [n, k]
/// where `transposed`.
struct Gemm {
  bool transposed = false;
  int64_t m = 0, n = 0, k = 0;
  float alpha = 1;
  const float* a = nullptr;
  int64_t lda = 0;
  const float* b = nullptr;
  int64_t ldb = 0;
  float beta = 0;
  float* c = nullptr;
  int64_t ldc = 0;
};

/// By oneDNN's sgemm, or by that of the BLAS where it was clearly faster when first asked. Inside of
/// an OpenMP region it takes one thread.
void multiply(const Gemm& gemm);

/// "oneDNN" or "BLAS".
std::string product_library();

/// Many products of n x n matrices: billions of additions and multiplications per second.
double measure_gflops(int64_t n);

/// activation(x weight^T + bias) [tokens, out] of x [tokens, in], weight [out, in], bias [out] or
/// undefined.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  Activation activation = Activation::none);

} // namespace residua::kernel
