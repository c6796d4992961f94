#include "engine/stats/paired.hpp"

#include "engine/error.hpp"
#include "engine/stats/bootstrap.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/cluster_bootstrap.hpp"
#include "engine/stats/crossed.hpp"
#include "engine/stats/interval_p.hpp"
#include "engine/stats/permutation.hpp"
#include "engine/stats/t_interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_error(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size()), mean = mean_of(values);
  double squares = 0;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (n - 1) / n);
}

std::vector<double> cluster_means(std::span<const double> values,
                                  std::span<const int64_t> clusters) {
  if (clusters.empty())
    return {values.begin(), values.end()};
  std::vector<double> means;
  for (const auto& cluster : group_by_label(clusters)) {
    double sum = 0;
    for (const int64_t index : cluster)
      sum += values[static_cast<std::size_t>(index)];
    means.push_back(sum / static_cast<double>(cluster.size()));
  }
  return means;
}

/// Interval of a mean: Student's where values are few, else BCa; its leave-one-out values have a
/// closed form, which spares n^2 additions.
Interval mean_interval(const std::vector<double>& values, const EffectOptions& options) {
  const double n = static_cast<double>(values.size()), mean = mean_of(values);
  if (static_cast<int64_t>(values.size()) < kFewestUnits)
    return {mean, kNaN, kNaN, options.level};
  if (static_cast<int64_t>(values.size()) < kFewestResampled)
    return t_interval(mean, standard_error(values), n - 1, options.level);
  std::vector<double> left_out;
  for (const double value : values)
    left_out.push_back((n * mean - value) / (n - 1));
  const auto statistic = [&](std::span<const int64_t> indices) {
    double sum = 0;
    for (const int64_t index : indices)
      sum += values[static_cast<std::size_t>(index)];
    return sum / n;
  };
  const auto resampled =
      resample(static_cast<int64_t>(values.size()), statistic,
               {.resamples = options.resamples, .level = options.level, .seed = options.seed});
  return bca_interval(mean, resampled, left_out, options.level,
                      mean_outer_quantile(options.level, static_cast<int64_t>(values.size())));
}

void require_labels(std::size_t size, std::span<const int64_t> clusters,
                    std::span<const int64_t> units, const std::string& function) {
  if (!clusters.empty())
    require_same_size(clusters.size(), size, function + ": clusters", "the data");
  if (!units.empty())
    require_same_size(units.size(), size, function + ": units", "the data");
  if (clusters.empty() && !units.empty())
    throw Error(function + ": units without clusters", "give the cluster of each value too");
}

Effect mean_effect(std::span<const double> values, std::span<const int64_t> clusters,
                   std::span<const int64_t> units, const EffectOptions& options,
                   const std::string& function) {
  require_labels(values.size(), clusters, units, function);
  require_level(options.level, function);
  require_resamples(options.resamples, function);
  const auto means = cluster_means(values, clusters);
  const auto n = static_cast<int64_t>(means.size());
  const double p = sign_flip_p(means, {.resamples = options.flips, .seed = options.seed});
  if (units.empty()) {
    const Interval interval = mean_interval(means, options);
    return {mean_of(means), interval.low, interval.high, p, n, options.level};
  }
  const auto [interval, df] =
      crossed_mean(values, clusters, units,
                   {.resamples = options.resamples, .level = options.level, .seed = options.seed});
  // flips of whole clusters take what their units share for an effect
  const double of_interval = interval_p(interval, 0, static_cast<int64_t>(df) + 1);
  return {interval.estimate,
          interval.low,
          interval.high,
          std::isnan(of_interval) ? kNaN : std::max(p, of_interval),
          n,
          options.level,
          df};
}

} // namespace

Effect one_sample(std::span<const double> values, std::span<const int64_t> clusters,
                  std::span<const int64_t> units, const EffectOptions& options) {
  require_at_least(1, values.size(), "one_sample: values");
  require_finite(values, "one_sample: values");
  return mean_effect(values, clusters, units, options, "one_sample");
}

Effect paired_difference(std::span<const double> a, std::span<const double> b,
                         std::span<const int64_t> clusters, std::span<const int64_t> units,
                         const EffectOptions& options) {
  require_at_least(1, a.size(), "paired_difference: a");
  require_finite(a, "paired_difference: a");
  require_finite(b, "paired_difference: b");
  require_same_size(b.size(), a.size(), "paired_difference: b", "a");
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i)
    differences.push_back(a[i] - b[i]);
  return mean_effect(differences, clusters, units, options, "paired_difference");
}

} // namespace residua::stats
