#pragma once
// Correlation coefficients. Each is NaN when x or y is constant, and needs at least two pairs.

#include <span>

namespace residua::stats {

enum class Correlation { pearson, spearman, kendall };

/// Product-moment correlation, from -1 to 1.
double pearson(std::span<const double> x, std::span<const double> y);

/// Pearson's correlation of the average ranks.
double spearman(std::span<const double> x, std::span<const double> y);

/// Kendall's tau-b, which corrects for ties, in O(n log n) (Knight 1966).
double kendall(std::span<const double> x, std::span<const double> y);

double correlation(Correlation kind, std::span<const double> x, std::span<const double> y);

} // namespace residua::stats
