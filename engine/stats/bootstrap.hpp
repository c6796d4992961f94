#pragma once
// Bootstrap intervals: percentile and BCa (Efron 1987).

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace residua::stats {

/// Fewer observations give no interval: resamples of two are the two and their mean.
inline constexpr int64_t kFewestUnits = 3;

/// The mean of fewer gets Student's interval: all resamples lie between the least and the greatest,
/// and of n normal values 2^(1 - n) have the truth outside (n = 5: 6 %).
inline constexpr int64_t kFewestResampled = 6;

/// An estimate and its interval at a level such as 0.95; bounds are NaN where the data allow none.
struct Interval {
  double estimate;
  double low;
  double high;
  double level;
};

enum class BootstrapMethod { percentile, bca };

struct BootstrapOptions {
  int64_t resamples = 2000;
  double level = 0.95;
  uint64_t seed = 1;
  BootstrapMethod method = BootstrapMethod::bca;
  bool expanded = false; ///< as far out as expanded_interval, for what behaves like a mean
};

/// A statistic of the observations named by their indices from 0, which may repeat.
using Statistic = std::function<double(std::span<const int64_t> indices)>;

/// Interval of a statistic of n observations, drawn with replacement. A resample without a value
/// (NaN: a correlation of constant data) is left out; where over half are, or n < kFewestUnits, the
/// bounds are NaN. BCa takes n more evaluations.
Interval bootstrap(int64_t n, const Statistic& statistic, const BootstrapOptions& options = {});

/// The statistic of each of `options.resamples` resamples.
std::vector<double> resample(int64_t n, const Statistic& statistic,
                             const BootstrapOptions& options = {});

/// Interval between quantiles of the resampled values.
Interval percentile_interval(double estimate, std::span<const double> resampled, double level);

/// The same between outer quantiles, as far out as Student's t of `units` - 1 degrees of freedom
/// and the divisor n of a bootstrap ask for: resampled means of few units vary too little
/// (Hesterberg 2015, section 5.3). At 95 % and 30 units those of 96.2 %. Of fewer than
/// kFewestResampled units, and where the resamples are too few to reach so far, it is Student's,
/// from the standard deviation of the resampled values.
Interval expanded_interval(double estimate, std::span<const double> resampled, double level,
                           int64_t units);

/// The same between the quantiles whose tails begin at the normal quantile `z` below 0, an
/// outer_quantile.
Interval outer_interval(double estimate, std::span<const double> resampled, double z, double level);

/// How far out the tails of an interval of means begin, as a normal quantile below 0: Student's t
/// of `df` degrees of freedom, times the root of the unbiased variance over that of the resamples.
double outer_quantile(double level, double df, double variance_ratio);

/// That of the mean of so many units.
double mean_outer_quantile(double level, int64_t units);

/// Interval between quantiles that are corrected for bias (by the share of resampled values below
/// the estimate) and for skewness (by the leave-one-out values). `z`: the normal quantile of the
/// lower tail, that of the level by default; an outer_quantile where units are few.
Interval bca_interval(double estimate, std::span<const double> resampled,
                      std::span<const double> jackknife, double level,
                      std::optional<double> z = {});

} // namespace residua::stats
