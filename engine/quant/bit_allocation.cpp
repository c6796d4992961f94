#include "engine/quant/bit_allocation.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <cmath>

namespace residua {

std::vector<double> row_thresholds(const at::Tensor& matrix, const Clip& clip, const Grid& grid) {
  // A searched range is near the one that a law gives; what is shared out are ratios.
  const Clip rule = clip.rule == ClipRule::mse ? Clip{ClipRule::aciq} : clip;
  const auto columns = static_cast<std::size_t>(matrix.size(1));
  std::vector<double> thresholds;
  for (int64_t row = 0; row < matrix.size(0); ++row) {
    const std::span<const float> values(matrix.data_ptr<float>() + row * matrix.size(1), columns);
    const Range range = clip_range(values, rule, grid);
    thresholds.push_back((range.high - range.low) / 2);
  }
  return thresholds;
}

std::vector<int> allocate_bits(const std::vector<double>& thresholds, int bits) {
  double sum = 0;
  for (const double threshold : thresholds)
    sum += std::pow(threshold, 2.0 / 3);
  const double bins = static_cast<double>(thresholds.size()) * std::exp2(bits);
  std::vector<int> allocated;
  for (const double threshold : thresholds) {
    const double own = threshold > 0 ? std::log2(bins * std::pow(threshold, 2.0 / 3) / sum) : 2;
    allocated.push_back(std::clamp(static_cast<int>(std::lround(own)), 2, 8));
  }
  return allocated;
}

} // namespace residua
