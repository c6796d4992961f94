#pragma once
// Bits per channel at one total of bins (ACIQ, section 4.3).

#include "engine/quant/clip.hpp"

#include <ATen/core/Tensor.h>
#include <vector>

namespace residua {

/// The clip threshold of every row of a float32 matrix.
std::vector<double> row_thresholds(const at::Tensor& matrix, const Clip& clip, const Grid& grid);

/// Bits of each row: bins B_i = n 2^bits a_i^(2/3) / sum a_j^(2/3), bits log2 B_i rounded and kept
/// within 2 to 8. A row of threshold 0 gets 2.
std::vector<int> allocate_bits(const std::vector<double>& thresholds, int bits);

} // namespace residua
