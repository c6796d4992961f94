#pragma once
// Means of paired differences: effect, interval and p, with clusters as the unit of inference.

#include <cstdint>
#include <limits>
#include <span>

namespace residua::stats {

/// An effect with its interval and two-sided p value against 0.
struct Effect {
  double estimate;
  double low;  ///< NaN where the data allow no interval
  double high; ///< likewise
  double p;
  int64_t n; ///< independent units: clusters, or pairs
  double level;
  double df = std::numeric_limits<double>::quiet_NaN(); ///< of the interval, where not n - 1
};

struct EffectOptions {
  double level = 0.95;
  int64_t resamples = 2000; ///< of the bootstrap
  int64_t flips = 9999;     ///< or permutations, where they are not enumerated
  uint64_t seed = 1;
};

/// Mean of `values` against 0. `clusters` labels the cluster (language) of each value; without it
/// each value is one. Clusters count alike, however many values they have: the estimate is the mean
/// of their means, p comes from flips of the signs of their means, and the interval is BCa over
/// clusters, as far out as Student's t asks for, or Student's own of fewer than kFewestResampled.
/// Where `units` (sentences) is given as well, the interval is crossed_mean's, over both, and p is
/// no less than that of the interval, NaN without one.
Effect one_sample(std::span<const double> values, std::span<const int64_t> clusters = {},
                  std::span<const int64_t> units = {}, const EffectOptions& options = {});

/// The same for the differences a - b.
Effect paired_difference(std::span<const double> a, std::span<const double> b,
                         std::span<const int64_t> clusters = {},
                         std::span<const int64_t> units = {}, const EffectOptions& options = {});

} // namespace residua::stats
