#pragma once
// Ratios of sums with intervals, and the raw material of resampling for those who compute many
// statistics at once.

#include "engine/stats/bootstrap.hpp"

namespace residua::stats {

/// sum(numerators) / sum(denominators) with an interval over resampled pairs: a rate such as nats
/// per byte, where each text brings both its nats and its bytes.
Interval ratio_of_sums(std::span<const double> numerators, std::span<const double> denominators,
                       const BootstrapOptions& options = {});

/// How often each of n observations is drawn in each resample: [resamples * n], row by row; every
/// row sums to n. The statistic of a weighted sum in all resamples is then one matrix product.
std::vector<double> resample_counts(int64_t n, int64_t resamples, uint64_t seed);

/// 0 ... n - 1 in random order.
std::vector<int64_t> random_order(int64_t n, uint64_t seed);

} // namespace residua::stats
