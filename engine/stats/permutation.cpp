#include "engine/stats/permutation.hpp"

#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/cluster_bootstrap.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/rank.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace residua::stats {
namespace {

constexpr std::size_t kExactSigns = 14;
constexpr double kExactPermutations = 40320; // 8!
constexpr double kSlack = 1e-12; // of the largest possible: equal statistics that rounded apart tie

/// Sum of the values with the signs that the bits of `flips` say.
double flipped_sum(std::span<const double> values, uint64_t flips) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += (flips >> i & 1U) != 0 ? -values[i] : values[i];
  return sum;
}

double sum_of_sizes(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double sum, double value) { return sum + std::abs(value); });
}

double exact_sign_flip_p(std::span<const double> values, double threshold) {
  const uint64_t cases = uint64_t{1} << values.size();
  uint64_t extreme = 0;
  for (uint64_t flips = 0; flips < cases; ++flips)
    extreme += std::abs(flipped_sum(values, flips)) >= threshold;
  return static_cast<double>(extreme) / static_cast<double>(cases);
}

double random_flipped_sum(std::span<const double> values, Random& random) {
  double sum = 0;
  for (std::size_t from = 0; from < values.size(); from += 64)
    sum += flipped_sum(values.subspan(from, std::min<std::size_t>(64, values.size() - from)),
                       random.next());
  return sum;
}

/// Arrangements of positions that keep each within its group.
class Arrangement {
 public:
  explicit Arrangement(std::vector<std::vector<int64_t>> groups)
      : groups_(groups), order_(std::move(groups)) {}

  /// How many there are; infinite where a double cannot say.
  double count() const {
    double product = 1;
    for (const auto& group : groups_)
      for (std::size_t size = 2; size <= group.size(); ++size)
        product *= static_cast<double>(size);
    return product;
  }

  /// Goes to the next arrangement; false (and back at the first) after the last.
  bool advance() {
    return std::any_of(order_.begin(), order_.end(), [](auto& group) {
      return std::next_permutation(group.begin(), group.end());
    });
  }

  void shuffle(Random& random) {
    for (auto& group : order_)
      random.shuffle(std::span<int64_t>(group));
  }

  void apply(std::span<const double> values, std::vector<double>& out) const {
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (std::size_t i = 0; i < groups_[g].size(); ++i)
        out[static_cast<std::size_t>(groups_[g][i])] =
            values[static_cast<std::size_t>(order_[g][i])];
  }

 private:
  std::vector<std::vector<int64_t>> groups_; // positions, ascending
  std::vector<std::vector<int64_t>> order_;  // where each takes its value from
};

std::vector<double> copy(std::span<const double> values) {
  return {values.begin(), values.end()};
}

/// p under the arrangements of y; `extreme` compares one with y itself.
double arranged_p(Arrangement arrangement, std::span<const double> y,
                  const PermutationOptions& options,
                  const std::function<bool(const std::vector<double>&)>& extreme) {
  std::vector<double> arranged(y.size());
  const auto is_extreme = [&] {
    interrupt::poll();
    arrangement.apply(y, arranged);
    return extreme(arranged) ? 1.0 : 0.0;
  };
  double found = 0;
  if (arrangement.count() <= kExactPermutations) {
    do
      found += is_extreme();
    while (arrangement.advance());
    return found / arrangement.count();
  }
  Random random(options.seed);
  for (int64_t i = 0; i < options.resamples; ++i) {
    arrangement.shuffle(random);
    found += is_extreme();
  }
  return (1 + found) / (1 + static_cast<double>(options.resamples));
}

} // namespace

double sign_flip_p(std::span<const double> differences, const PermutationOptions& options) {
  require_finite(differences, "sign_flip_p: differences");
  require_at_least(1, differences.size(), "sign_flip_p: differences");
  require_resamples(options.resamples, "sign_flip_p");
  const double threshold = std::abs(std::accumulate(differences.begin(), differences.end(), 0.0)) -
                           kSlack * sum_of_sizes(differences);
  if (differences.size() <= kExactSigns)
    return exact_sign_flip_p(differences, threshold);
  Random random(options.seed);
  double extreme = 0;
  for (int64_t i = 0; i < options.resamples; ++i) {
    interrupt::poll();
    extreme += std::abs(random_flipped_sum(differences, random)) >= threshold ? 1 : 0;
  }
  return (1 + extreme) / (1 + static_cast<double>(options.resamples));
}

double correlation_p(Correlation kind, std::span<const double> x, std::span<const double> y,
                     std::span<const int64_t> groups, const PermutationOptions& options) {
  require_resamples(options.resamples, "correlation_p");
  const double observed = correlation(kind, x, y);
  if (!groups.empty())
    require_same_size(groups.size(), x.size(), "correlation_p: groups", "x");
  if (std::isnan(observed))
    return observed;
  // ranks do not change under permutation, so Spearman's ranks are taken once
  const bool ranked = kind == Correlation::spearman;
  const auto left = ranked ? average_ranks(x) : copy(x);
  const auto right = ranked ? average_ranks(y) : copy(y);
  const Correlation inner = ranked ? Correlation::pearson : kind;
  const double threshold = std::abs(observed) - kSlack;
  const std::vector<int64_t> one_group(x.size(), 0);
  Arrangement arrangement(
      group_by_label(groups.empty() ? std::span<const int64_t>(one_group) : groups));
  return arranged_p(std::move(arrangement), right, options,
                    [&](const std::vector<double>& arranged) {
                      return std::abs(correlation(inner, left, arranged)) >= threshold;
                    });
}

} // namespace residua::stats
