#include "engine/stats/crossed.hpp"

#include "engine/stats/cluster_bootstrap.hpp"
#include "engine/stats/t_interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Groups = std::vector<std::vector<int64_t>>;

/// The mean of each group.
std::vector<double> means_of(const Groups& groups, std::span<const double> values) {
  std::vector<double> means;
  for (const auto& group : groups) {
    double sum = 0;
    for (const int64_t index : group)
      sum += values[static_cast<std::size_t>(index)];
    means.push_back(sum / static_cast<double>(group.size()));
  }
  return means;
}

/// The values less what `means` says of the group of each.
std::vector<double> less(std::span<const double> values, const Groups& groups,
                         const std::vector<double>& means) {
  std::vector<double> rest(values.begin(), values.end());
  for (std::size_t k = 0; k < groups.size(); ++k)
    for (const int64_t index : groups[k])
      rest[static_cast<std::size_t>(index)] -= means[k];
  return rest;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double mean_square_deviation(const std::vector<double>& values) {
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values)
    squares += (value - centre) * (value - centre);
  return squares / static_cast<double>(values.size());
}

/// Variance of the mean of some means.
double variance_of_mean(const std::vector<double>& means) {
  return mean_square_deviation(means) / static_cast<double>(means.size() - 1);
}

struct Error {
  double variance; ///< of the mean
  double df;
};

/// That of clusters plus that of units less that of the noise, which both contain, but never less
/// than either: their estimates vary too.
Error error_of(std::span<const double> values, const Groups& clusters, const Groups& units) {
  const auto n = static_cast<double>(values.size()), k = static_cast<double>(clusters.size()),
             m = static_cast<double>(units.size());
  const auto of_cluster = means_of(clusters, values);
  const auto within = less(values, clusters, of_cluster);
  const auto of_unit = means_of(units, within);
  double noise = 0;
  for (const double rest : less(within, units, of_unit))
    noise += rest * rest;
  noise = n > k + m - 1 ? noise / (n - k - m + 1) / n : 0;
  const double a = variance_of_mean(of_cluster), b = variance_of_mean(of_unit);
  const double variance = std::max({a + b - noise, a, b});
  const double parts = a * a / (k - 1) + b * b / (m - 1);
  const double df = parts > 0 ? variance * variance / parts : k + m - 2;
  return {variance, std::clamp(df, std::min(k, m) - 1, k + m - 2)};
}

} // namespace

Crossed crossed_mean(std::span<const double> values, std::span<const int64_t> clusters,
                     std::span<const int64_t> units, const BootstrapOptions& options) {
  const auto by_cluster = group_by_label(clusters), by_unit = group_by_label(units);
  const double estimate = mean(means_of(by_cluster, values));
  if (static_cast<int64_t>(std::min(by_cluster.size(), by_unit.size())) < kFewestUnits)
    return {{estimate, kNaN, kNaN, options.level}, 0};
  const auto [variance, df] = error_of(values, by_cluster, by_unit);
  if (df < kFewestResampled - 1)
    return {t_interval(estimate, std::sqrt(variance), df, options.level), df};
  ClusterOptions both;
  both.resamples = options.resamples;
  both.seed = options.seed;
  both.paired = true;
  const auto drawn = cluster_resample(
      clusters, units, [&](const ClusterDraw& draw) { return mean_of_cluster_means(values, draw); },
      both);
  const double ratio = variance > 0 ? variance / mean_square_deviation(drawn) : 1;
  return {outer_interval(estimate, drawn, outer_quantile(options.level, df, ratio), options.level),
          df};
}

} // namespace residua::stats
