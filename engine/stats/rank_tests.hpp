#pragma once
// Rank tests: Mann-Whitney and Wilcoxon, two-sided.

#include <cstdint>
#include <span>

namespace residua::stats {

struct RankTest {
  double statistic;
  double effect; ///< -1 to 1: the rank-biserial correlation, 0 without a difference
  double p;
  bool exact; ///< from the exact distribution, else a normal one with corrections
  int64_t n;  ///< values that count
};

/// Mann-Whitney U of two independent samples: `statistic` is the number of pairs in which a is the
/// greater, ties counting half. p is exact where a sample has at most 8 values and nothing ties, as
/// in SciPy, else normal with corrections for ties and continuity; 1 where all values are equal.
RankTest mann_whitney(std::span<const double> a, std::span<const double> b);

/// Wilcoxon's signed-rank test of differences against 0, zeros left out: `statistic` is the sum of
/// the ranks of the positive ones. p is exact for at most 50 differences without ties or zeros,
/// else normal with corrections for ties and continuity; 1 where all differences are 0.
RankTest wilcoxon(std::span<const double> differences);
/// The same for the differences a - b.
RankTest wilcoxon(std::span<const double> a, std::span<const double> b);

} // namespace residua::stats
