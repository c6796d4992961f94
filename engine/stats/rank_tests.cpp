#include "engine/stats/rank_tests.hpp"

#include "engine/stats/check.hpp"
#include "engine/stats/rank.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>
#include <vector>

namespace residua::stats {
namespace {

constexpr std::size_t kExactSample = 8;       // Mann-Whitney: the smaller sample
constexpr std::size_t kExactValues = 1 << 20; // and both, which bounds the table
constexpr std::size_t kExactDifferences = 50; // Wilcoxon; counts stay below 2^53

/// Sum of t^3 - t over the runs of t equal values; 0 where nothing ties.
double tie_sum(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (auto from = sorted.begin(); from != sorted.end();) {
    const auto to = std::upper_bound(from, sorted.end(), *from);
    const auto run = static_cast<double>(to - from);
    sum += run * run * run - run;
    from = to;
  }
  return sum;
}

double ranks_sum(const std::vector<double>& ranks, std::size_t count) {
  return std::accumulate(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(count), 0.0);
}

/// Two-sided p of a statistic `distance` from its mean, moved by a half for continuity.
double normal_p(double distance, double deviation) {
  if (deviation == 0)
    return 1;
  const double z = (std::abs(distance) - 0.5) / deviation;
  return std::min(1.0, 2 * cdf(complement(boost::math::normal(), z)));
}

/// P(U <= u) for samples of `few` and `many` values. The counts are coefficients of the Gaussian
/// binomial, product over i of (1 - q^(many + i)) / (1 - q^i); only those up to q^u matter, and all
/// terms there are positive.
double u_probability(std::size_t few, std::size_t many, std::size_t u) {
  std::vector<double> counts(u + 1, 0);
  counts[0] = 1;
  double all = 1;
  for (std::size_t i = 1; i <= few; ++i) {
    for (std::size_t k = u + 1; k-- > many + i;)
      counts[k] -= counts[k - many - i];
    for (std::size_t k = i; k <= u; ++k)
      counts[k] += counts[k - i];
    all *= static_cast<double>(many + i) / static_cast<double>(i);
  }
  return std::accumulate(counts.begin(), counts.end(), 0.0) / all;
}

/// P(W <= w) for n signed ranks: subsets of 1 ... n by their sum.
double w_probability(std::size_t n, std::size_t w) {
  std::vector<double> counts(w + 1, 0);
  counts[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank)
    for (std::size_t sum = w + 1; sum-- > rank;)
      counts[sum] += counts[sum - rank];
  return std::accumulate(counts.begin(), counts.end(), 0.0) / std::pow(2.0, static_cast<double>(n));
}

} // namespace

RankTest mann_whitney(std::span<const double> a, std::span<const double> b) {
  require_at_least(1, a.size(), "mann_whitney: a");
  require_at_least(1, b.size(), "mann_whitney: b");
  require_finite(a, "mann_whitney: a");
  require_finite(b, "mann_whitney: b");
  std::vector<double> pooled(a.begin(), a.end());
  pooled.insert(pooled.end(), b.begin(), b.end());
  const auto na = static_cast<double>(a.size()), nb = static_cast<double>(b.size()), n = na + nb;
  const double u = ranks_sum(average_ranks(pooled), a.size()) - na * (na + 1) / 2;
  const double ties = tie_sum(pooled), pairs = na * nb;
  RankTest test{u, 2 * u / pairs - 1, 1, false, static_cast<int64_t>(pooled.size())};
  const std::size_t few = std::min(a.size(), b.size()), many = std::max(a.size(), b.size());
  test.exact = few <= kExactSample && many <= kExactValues && ties == 0;
  if (test.exact)
    test.p = std::min(
        1.0, 2 * u_probability(few, many, static_cast<std::size_t>(std::min(u, pairs - u))));
  else
    test.p = normal_p(u - pairs / 2, std::sqrt(pairs / 12 * (n + 1 - ties / (n * (n - 1)))));
  return test;
}

RankTest wilcoxon(std::span<const double> differences) {
  require_at_least(1, differences.size(), "wilcoxon: differences");
  require_finite(differences, "wilcoxon: differences");
  std::vector<double> sizes;
  std::vector<bool> positive;
  for (const double difference : differences)
    if (difference != 0) {
      sizes.push_back(std::abs(difference));
      positive.push_back(difference > 0);
    }
  if (sizes.empty())
    return {0, 0, 1, false, 0};
  const auto ranks = average_ranks(sizes);
  double w = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i)
    w += positive[i] ? ranks[i] : 0;
  const double n = static_cast<double>(sizes.size()), most = n * (n + 1) / 2, ties = tie_sum(sizes);
  RankTest test{w, 2 * w / most - 1, 1, false, static_cast<int64_t>(sizes.size())};
  test.exact =
      differences.size() <= kExactDifferences && sizes.size() == differences.size() && ties == 0;
  if (test.exact)
    test.p = std::min(
        1.0, 2 * w_probability(sizes.size(), static_cast<std::size_t>(std::min(w, most - w))));
  else
    test.p = normal_p(w - most / 2, std::sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24));
  return test;
}

RankTest wilcoxon(std::span<const double> a, std::span<const double> b) {
  require_same_size(b.size(), a.size(), "wilcoxon: b", "a");
  require_finite(a, "wilcoxon: a");
  require_finite(b, "wilcoxon: b");
  std::vector<double> differences(a.begin(), a.end());
  for (std::size_t i = 0; i < differences.size(); ++i)
    differences[i] -= b[i];
  return wilcoxon(differences);
}

} // namespace residua::stats
