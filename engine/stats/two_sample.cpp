#include "engine/stats/two_sample.hpp"

#include "engine/interrupt.hpp"
#include "engine/stats/bootstrap.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/t_interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace residua::stats {
namespace {

constexpr double kExactSplits = 40320; // 8!
constexpr double kSlack =
    1e-12; // of the largest possible: equal differences that rounded apart tie

/// Exactly the value where all are equal.
double mean(std::span<const double> values) {
  const double n = static_cast<double>(values.size()), first = values.front();
  return std::accumulate(values.begin(), values.end(), first,
                         [=](double sum, double value) { return sum + (value / n - first / n); });
}

double drawn_mean(std::span<const double> values, Random& random) {
  const double n = static_cast<double>(values.size()), first = values.front() / n;
  double sum = values.front();
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += values[random.below(values.size())] / n - first;
  return sum;
}

/// Adds what the jackknife of BCa sees: the estimate less the influence of each value on it.
void add_influences(std::span<const double> values, double estimate, double sign,
                    std::vector<double>& list) {
  const double centre = mean(values), n = static_cast<double>(values.size());
  for (const double value : values)
    list.push_back(estimate - sign * (value - centre) / n);
}

/// Welch's view of a difference of means.
struct Welch {
  double error; ///< its standard error
  double df;    ///< Satterthwaite's degrees of freedom
  double ratio; ///< of the unbiased variance to that of the resamples
};

Welch welch(std::span<const double> a, std::span<const double> b) {
  double unbiased = 0, resampled = 0, squares = 0;
  for (const auto& group : {a, b}) {
    const double n = static_cast<double>(group.size()), centre = mean(group);
    double sum = 0;
    for (const double value : group)
      sum += (value - centre) * (value - centre);
    const double variance = sum / (n - 1) / n; // of the mean
    unbiased += variance;
    resampled += variance * (n - 1) / n;
    squares += variance * variance / (n - 1);
  }
  if (!(squares > 0)) // constant groups
    return {0, static_cast<double>(a.size() + b.size() - 2), 1};
  return {std::sqrt(unbiased), unbiased * unbiased / squares, unbiased / resampled};
}

Interval interval_of(std::span<const double> a, std::span<const double> b,
                     const EffectOptions& options) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const double estimate = mean(a) - mean(b);
  if (static_cast<int64_t>(std::min(a.size(), b.size())) < kFewestUnits)
    return {estimate, kNaN, kNaN, options.level};
  const auto [error, df, ratio] = welch(a, b);
  if (static_cast<int64_t>(std::min(a.size(), b.size())) < kFewestResampled)
    return t_interval(estimate, error, df, options.level);
  Random random(options.seed);
  std::vector<double> resampled, influences;
  for (int64_t i = 0; i < options.resamples; ++i) {
    interrupt::poll();
    const double drawn_a = drawn_mean(a, random);
    resampled.push_back(drawn_a - drawn_mean(b, random));
  }
  add_influences(a, estimate, 1, influences);
  add_influences(b, estimate, -1, influences);
  return bca_interval(estimate, resampled, influences, options.level,
                      outer_quantile(options.level, df, ratio));
}

/// In how many ways k of n can be chosen.
double ways(std::size_t n, std::size_t k) {
  double product = 1;
  for (std::size_t i = 1; i <= k; ++i)
    product = product * static_cast<double>(n - k + i) / static_cast<double>(i);
  return std::round(product);
}

/// Deviations of the values of both groups from their common mean: the difference of the means of
/// any split is the sum of those in its first group, times a constant.
std::vector<double> pooled_deviations(std::span<const double> a, std::span<const double> b) {
  std::vector<double> pooled(a.begin(), a.end());
  pooled.insert(pooled.end(), b.begin(), b.end());
  const double centre = mean(pooled);
  for (double& value : pooled)
    value -= centre;
  return pooled;
}

double first_sum(std::span<const double> values, std::size_t count) {
  return std::abs(
      std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count), 0.0));
}

double exact_p(const std::vector<double>& pooled, std::size_t count, double threshold) {
  std::vector<char> chosen(pooled.size(), 0);
  std::fill_n(chosen.begin(), count, char{1});
  double splits = 0, extreme = 0;
  do {
    double sum = 0;
    for (std::size_t i = 0; i < pooled.size(); ++i)
      sum += chosen[i] != 0 ? pooled[i] : 0;
    splits += 1;
    extreme += std::abs(sum) >= threshold ? 1 : 0;
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return extreme / splits;
}

double permutation_p(std::span<const double> a, std::span<const double> b,
                     const EffectOptions& options) {
  std::vector<double> pooled = pooled_deviations(a, b);
  double size = 0;
  for (const double value : pooled)
    size += std::abs(value);
  const double threshold = first_sum(pooled, a.size()) - kSlack * size;
  if (ways(pooled.size(), std::min(a.size(), b.size())) <= kExactSplits)
    return exact_p(pooled, a.size(), threshold);
  Random random(options.seed);
  double extreme = 0;
  for (int64_t i = 0; i < options.flips; ++i) {
    interrupt::poll();
    random.shuffle(std::span(pooled));
    extreme += first_sum(pooled, a.size()) >= threshold ? 1 : 0;
  }
  return (1 + extreme) / (1 + static_cast<double>(options.flips));
}

} // namespace

Effect difference(std::span<const double> a, std::span<const double> b,
                  const EffectOptions& options) {
  require_at_least(1, a.size(), "difference: a");
  require_at_least(1, b.size(), "difference: b");
  require_finite(a, "difference: a");
  require_finite(b, "difference: b");
  require_level(options.level, "difference");
  require_resamples(options.resamples, "difference");
  require_resamples(options.resamples, "difference");
  require_resamples(options.flips, "difference: flips");
  const Interval interval = interval_of(a, b, options);
  return {interval.estimate,
          interval.low,
          interval.high,
          permutation_p(a, b, options),
          static_cast<int64_t>(a.size() + b.size()),
          options.level};
}

} // namespace residua::stats
