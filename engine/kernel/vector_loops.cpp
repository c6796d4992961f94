#include "engine/kernel/vector_loops.hpp"

#include "engine/kernel/vector_math.hpp"

namespace residua::kernel {

RESIDUA_VECTOR float maximum(const float* x, int64_t n) {
  float top = x[0];
#pragma omp simd reduction(max : top)
  for (int64_t i = 0; i < n; ++i)
    top = most(top, x[i]);
  return top;
}

RESIDUA_VECTOR float sum_of_exponentials(const float* x, int64_t n, float top) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i)
    sum += exponential(x[i] - top);
  return sum;
}

RESIDUA_VECTOR float weighted_differences(const float* a, const float* b, int64_t n, float top,
                                          float offset) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i)
    sum += exponential(a[i] - top) * (a[i] - b[i] - offset);
  return sum;
}

RESIDUA_VECTOR void soft_cap(float* x, int64_t n, float c) {
  for (int64_t i = 0; i < n; ++i)
    x[i] = c * hyperbolic_tangent(x[i] / c);
}

RESIDUA_VECTOR void softmax(float* x, int64_t n) {
  float top = x[0];
#pragma omp simd reduction(max : top)
  for (int64_t i = 0; i < n; ++i)
    top = most(top, x[i]);
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) {
    x[i] = exponential(x[i] - top);
    sum += x[i];
  }
  const float share = 1 / sum;
  for (int64_t i = 0; i < n; ++i)
    x[i] *= share;
}

} // namespace residua::kernel
