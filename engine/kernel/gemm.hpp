#pragma once
// A matrix product, in the terms of BLAS.

#include <cstdint>

namespace residua::kernel {

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

} // namespace residua::kernel
