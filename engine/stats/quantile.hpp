#pragma once
// Quantiles by linear interpolation between order statistics: type 7 of Hyndman and Fan 1996,
// NumPy's default.

#include <span>
#include <vector>

namespace residua::stats {

/// Quantile at `q` in [0, 1].
double quantile(std::span<const double> values, double q);

/// Several quantiles of the same values, which are sorted once.
std::vector<double> quantiles(std::span<const double> values, std::span<const double> q);

/// Quantile of values that ascend already and are finite, which is not checked.
double quantile_sorted(std::span<const double> sorted, double q);

double median(std::span<const double> values);

} // namespace residua::stats
