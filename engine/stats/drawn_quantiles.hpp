#pragma once
// Quantiles of values whose units (sentences) are resampled, without copying or sorting again.

#include <cstdint>
#include <span>
#include <vector>

namespace residua::stats {

/// Values sorted once. Each belongs to a unit, which a resample draws some number of times.
class DrawnQuantiles {
 public:
  /// `units` labels the unit of each value, from 0.
  DrawnQuantiles(std::span<const double> values, std::span<const std::size_t> units);

  /// Quantiles, as stats::quantile has them, of the list that holds each value as often as
  /// `counts` says of its unit: whole numbers, as resample_counts gives them. `q` ascends from 0 to
  /// 1. All NaN where nothing was drawn.
  std::vector<double> of(std::span<const double> counts, std::span<const double> q) const;

 private:
  std::vector<double> values_; // ascending
  std::vector<std::size_t> units_;
};

} // namespace residua::stats
