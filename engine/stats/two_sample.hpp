#pragma once
// Difference of the means of two groups whose units are not paired.

#include "engine/stats/paired.hpp"

namespace residua::stats {

/// mean(a) - mean(b) with a BCa interval as far out as Welch's t asks for (Hesterberg 2015, section
/// 5.3), or Welch's own where a group has fewer than kFewestResampled; units of each group drawn by
/// themselves, and the p of permutations of the labels: exact where there are at most 40 320 ways
/// to split, else (1 + #) / (1 + options.flips). n counts the units of both. Groups below
/// kFewestUnits give no interval. The test asks whether the groups are alike; unequal variances in
/// groups of unequal size can reject that for equal means.
Effect difference(std::span<const double> a, std::span<const double> b,
                  const EffectOptions& options = {});

} // namespace residua::stats
