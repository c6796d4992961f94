#include "engine/stats/bootstrap.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/quantile.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/t_interval.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const boost::math::normal kNormal;

std::vector<double> finite_sorted(std::span<const double> values) {
  std::vector<double> result;
  std::copy_if(values.begin(), values.end(), std::back_inserter(result),
               [](double v) { return std::isfinite(v); });
  std::sort(result.begin(), result.end());
  return result;
}

bool has_interval(double estimate, std::span<const double> finite, std::size_t drawn) {
  return std::isfinite(estimate) && !finite.empty() && 2 * finite.size() >= drawn;
}

/// Interval between two quantiles of the resampled values, if enough of them are numbers.
Interval between(double estimate, std::span<const double> sorted, std::size_t drawn, double low,
                 double high, double level) {
  if (!has_interval(estimate, sorted, drawn))
    return {estimate, kNaN, kNaN, level};
  return {estimate, quantile_sorted(sorted, low), quantile_sorted(sorted, high), level};
}

/// Student's interval; the variance of resamples is the unbiased one times (units - 1) / units.
Interval few_units_interval(double estimate, std::span<const double> resampled, double level,
                            int64_t units) {
  const auto finite = finite_sorted(resampled);
  if (!has_interval(estimate, finite, resampled.size()))
    return {estimate, kNaN, kNaN, level};
  const auto count = static_cast<double>(finite.size()), n = static_cast<double>(units);
  const double mean = std::accumulate(finite.begin(), finite.end(), 0.0) / count;
  double squares = 0;
  for (const double value : finite)
    squares += (value - mean) * (value - mean);
  return t_interval(estimate, std::sqrt(squares / count * n / (n - 1)), n - 1, level);
}

/// z0: the normal quantile of the share of resampled values below the estimate, ties counting half,
/// kept off 0 and 1.
double bias(double estimate, const std::vector<double>& sorted) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), estimate);
  const double count = static_cast<double>(sorted.size());
  const double below =
      static_cast<double>(first - sorted.begin()) + static_cast<double>(last - first) / 2;
  return quantile(kNormal, std::clamp(below / count, 0.5 / count, 1 - 0.5 / count));
}

/// a: a sixth of the skewness of the leave-one-out values, turned round; 0 where they do not vary.
double acceleration(std::span<const double> jackknife) {
  const auto values = finite_sorted(jackknife);
  if (values.empty() || values.front() == values.back())
    return 0;
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double squares = 0, cubes = 0;
  for (const double value : values) {
    const double d = mean - value;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

/// The share that BCa takes in place of the one whose normal quantile is z.
double corrected_share(double z, double z0, double a) {
  const double shifted = z0 + z;
  const double scale = 1 - a * shifted;
  if (scale <= 0)
    return shifted > 0 ? 1 : 0;
  return cdf(kNormal, z0 + shifted / scale);
}

std::vector<double> jackknife(int64_t n, const Statistic& statistic) {
  std::vector<int64_t> indices(static_cast<std::size_t>(n - 1));
  std::iota(indices.begin(), indices.end(), int64_t{1});
  std::vector<double> values;
  for (int64_t left_out = 0; left_out < n; ++left_out) {
    interrupt::poll();
    values.push_back(statistic(indices));
    if (left_out < n - 1)
      indices[static_cast<std::size_t>(left_out)] = left_out;
  }
  return values;
}

} // namespace

std::vector<double> resample(int64_t n, const Statistic& statistic,
                             const BootstrapOptions& options) {
  constexpr int64_t kMost = 100'000'000;
  if (n < 1 || n > kMost)
    throw Error(cat("bootstrap: n is ", n), cat("give 1 to ", kMost, " observations"));
  require_resamples(options.resamples, "bootstrap");
  Random random(options.seed);
  std::vector<int64_t> indices(static_cast<std::size_t>(n));
  std::vector<double> values;
  for (int64_t i = 0; i < options.resamples; ++i) {
    interrupt::poll();
    for (int64_t& index : indices)
      index = static_cast<int64_t>(random.below(static_cast<uint64_t>(n)));
    values.push_back(statistic(indices));
  }
  return values;
}

Interval percentile_interval(double estimate, std::span<const double> resampled, double level) {
  require_level(level, "bootstrap");
  const auto sorted = finite_sorted(resampled);
  return between(estimate, sorted, resampled.size(), (1 - level) / 2, (1 + level) / 2, level);
}

double outer_quantile(double level, double df, double variance_ratio) {
  return std::sqrt(variance_ratio) * quantile(boost::math::students_t(df), (1 - level) / 2);
}

double mean_outer_quantile(double level, int64_t units) {
  const auto n = static_cast<double>(units);
  return outer_quantile(level, n - 1, n / (n - 1));
}

Interval expanded_interval(double estimate, std::span<const double> resampled, double level,
                           int64_t units) {
  require_level(level, "bootstrap");
  if (units < kFewestUnits)
    return {estimate, kNaN, kNaN, level};
  const double z = mean_outer_quantile(level, units);
  const bool beyond = cdf(kNormal, z) * static_cast<double>(resampled.size()) < 1;
  return units < kFewestResampled || beyond ? few_units_interval(estimate, resampled, level, units)
                                            : outer_interval(estimate, resampled, z, level);
}

Interval outer_interval(double estimate, std::span<const double> resampled, double z,
                        double level) {
  const auto sorted = finite_sorted(resampled);
  const double tail = cdf(kNormal, z);
  return between(estimate, sorted, resampled.size(), tail, 1 - tail, level);
}

Interval bca_interval(double estimate, std::span<const double> resampled,
                      std::span<const double> jackknife_values, double level,
                      std::optional<double> tail) {
  require_level(level, "bootstrap");
  const auto sorted = finite_sorted(resampled);
  if (sorted.empty())
    return {estimate, kNaN, kNaN, level};
  const double z0 = bias(estimate, sorted), a = acceleration(jackknife_values);
  const double z = tail ? *tail : quantile(kNormal, (1 - level) / 2);
  return between(estimate, sorted, resampled.size(), corrected_share(z, z0, a),
                 corrected_share(-z, z0, a), level);
}

Interval bootstrap(int64_t n, const Statistic& statistic, const BootstrapOptions& options) {
  require_level(options.level, "bootstrap");
  const auto resampled = resample(n, statistic, options);
  std::vector<int64_t> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), int64_t{0});
  const double estimate = statistic(all);
  if (n < kFewestUnits)
    return {estimate, kNaN, kNaN, options.level};
  const bool percentile = options.method == BootstrapMethod::percentile;
  if (options.expanded && (percentile || n < kFewestResampled))
    return expanded_interval(estimate, resampled, options.level, n);
  if (percentile)
    return percentile_interval(estimate, resampled, options.level);
  const std::optional<double> z =
      options.expanded ? std::optional(mean_outer_quantile(options.level, n)) : std::nullopt;
  return bca_interval(estimate, resampled, jackknife(n, statistic), options.level, z);
}

} // namespace residua::stats
