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

/// What a group has of a list of weights and values: both summed.
struct Sum {
  double weight = 0, value = 0;
};

Sum sum_of(const std::vector<int64_t>& group, std::span<const double> weights,
           std::span<const double> values) {
  Sum sum;
  for (const int64_t index : group) {
    const auto i = static_cast<std::size_t>(index);
    sum.weight += weights[i];
    sum.value += weights[i] * values[i];
  }
  return sum;
}

/// Of each value: clusters count alike, and so do the values of one.
std::vector<double> weights_of(const Groups& clusters, std::size_t count) {
  std::vector<double> weights(count);
  for (const auto& cluster : clusters)
    for (const int64_t index : cluster)
      weights[static_cast<std::size_t>(index)] =
          1 / static_cast<double>(clusters.size() * cluster.size());
  return weights;
}

/// Takes the weighted mean of each group off its values.
void remove_means(const Groups& groups, std::span<const double> weights, std::span<double> values) {
  for (const auto& group : groups) {
    const Sum sum = sum_of(group, weights, values);
    for (const int64_t index : group)
      values[static_cast<std::size_t>(index)] -= sum.value / sum.weight;
  }
}

struct Error {
  double variance; ///< of the mean
  double df;
};

/// That of a mean of groups, whose values have the mean 0 there. Groups of unequal weight count for
/// fewer (Kish 1965).
Error error_between(const Groups& groups, std::span<const double> weights,
                    std::span<const double> values) {
  double squares = 0, squared_weights = 0;
  for (const auto& group : groups) {
    const Sum sum = sum_of(group, weights, values);
    squares += sum.value * sum.value;
    squared_weights += sum.weight * sum.weight;
  }
  const double count = 1 / squared_weights;
  return {squares * count / (count - 1), count - 1};
}

/// That of clusters plus that of units less that of the noise, which both contain, but never less
/// than either: their estimates vary too.
Error error_of(std::span<const double> values, double mean, const Groups& clusters,
               const Groups& units) {
  const auto weights = weights_of(clusters, values.size());
  std::vector<double> rest(values.begin(), values.end());
  for (double& value : rest)
    value -= mean;
  const Error a = error_between(clusters, weights, rest);
  remove_means(clusters, weights, rest);
  const Error b = error_between(units, weights, rest);
  remove_means(units, weights, rest);
  const double df =
      static_cast<double>(values.size() + 1) - static_cast<double>(clusters.size() + units.size());
  double noise = 0, squared_weights = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    noise += df > 0 ? rest[i] * rest[i] / df : 0;
    squared_weights += weights[i] * weights[i];
  }
  const double variance =
      std::max({a.variance + b.variance - noise * squared_weights, a.variance, b.variance});
  const double parts = a.variance * a.variance / a.df + b.variance * b.variance / b.df;
  const double all = a.df + b.df;
  return {variance,
          parts > 0 ? std::clamp(variance * variance / parts, std::min(a.df, b.df), all) : all};
}

std::vector<double> finite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return values;
}

double variance_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return squares / n;
}

} // namespace

Crossed crossed_mean(std::span<const double> values, std::span<const int64_t> clusters,
                     std::span<const int64_t> units, const BootstrapOptions& options) {
  const auto by_cluster = group_by_label(clusters), by_unit = group_by_label(units);
  const auto weights = weights_of(by_cluster, values.size());
  const double estimate = std::inner_product(values.begin(), values.end(), weights.begin(), 0.0);
  if (static_cast<int64_t>(std::min(by_cluster.size(), by_unit.size())) < kFewestUnits)
    return {{estimate, kNaN, kNaN, options.level}, kNaN};
  const auto [variance, df] = error_of(values, estimate, by_cluster, by_unit);
  if (df < kFewestResampled - 1)
    return {t_interval(estimate, std::sqrt(variance), df, options.level), df};
  ClusterOptions both;
  both.resamples = options.resamples;
  both.seed = options.seed;
  both.paired = true;
  const auto drawn = finite(cluster_resample( // no drawn unit may be in a drawn cluster
      clusters, units, [&](const ClusterDraw& draw) { return mean_of_cluster_means(values, draw); },
      both));
  const double spread = drawn.empty() ? 0 : variance_of(drawn);
  if (!(spread > 0))
    return {t_interval(estimate, std::sqrt(variance), df, options.level), df};
  const double z = outer_quantile(options.level, df, variance / spread);
  return {outer_interval(estimate, drawn, z, options.level), df};
}

} // namespace residua::stats
