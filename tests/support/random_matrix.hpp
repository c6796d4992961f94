#pragma once
// Matrices of normal numbers that a seed fixes on every platform.

#include "engine/stats/random.hpp"

#include <ATen/ATen.h>

namespace residua {

inline at::Tensor random_matrix(int64_t rows, int64_t columns, uint64_t seed) {
  stats::Random random(seed);
  at::Tensor matrix = at::empty({rows, columns}, at::kFloat);
  for (int64_t i = 0; i < matrix.numel(); ++i)
    matrix.data_ptr<float>()[i] = static_cast<float>(random.normal());
  return matrix;
}

} // namespace residua
