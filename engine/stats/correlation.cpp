#include "engine/stats/correlation.hpp"

#include "engine/stats/check.hpp"
#include "engine/stats/rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Pair = std::pair<double, double>;

void require_pairs(std::span<const double> x, std::span<const double> y,
                   const std::string& function) {
  require_finite(x, function + ": x");
  require_finite(y, function + ": y");
  require_same_size(y.size(), x.size(), function + ": y", "x");
  require_at_least(2, x.size(), function + ": x");
}

bool is_constant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [&](double value) { return value == values.front(); });
}

/// Deviations from the mean over their largest, so that their squares neither overflow nor vanish.
std::vector<double> deviations(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0,
                                      [n](double sum, double v) { return sum + v / n; });
  std::vector<double> result;
  double largest = 0;
  for (const double value : values) {
    result.push_back(value - mean);
    largest = std::max(largest, std::abs(result.back()));
  }
  for (double& deviation : result)
    deviation /= largest;
  return result;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Pairs of equal elements in a sorted sequence.
template <class Equal> int64_t tied_pairs(const std::vector<Pair>& sorted, Equal equal) {
  int64_t ties = 0;
  for (std::size_t from = 0, to = 0; from < sorted.size(); from = to) {
    while (to < sorted.size() && equal(sorted[from], sorted[to]))
      ++to;
    const auto run = static_cast<int64_t>(to - from);
    ties += run * (run - 1) / 2;
  }
  return ties;
}

/// Sorts [from, to) by y and counts the exchanges of neighbours in it: the discordant pairs.
int64_t sort_counting(std::vector<Pair>& pairs, std::vector<Pair>& scratch, std::size_t from,
                      std::size_t to) {
  if (to - from < 2)
    return 0;
  const std::size_t middle = from + (to - from) / 2;
  int64_t exchanges =
      sort_counting(pairs, scratch, from, middle) + sort_counting(pairs, scratch, middle, to);
  std::size_t left = from, right = middle;
  for (std::size_t out = from; out < to; ++out) {
    const bool take_right =
        right < to && (left == middle || pairs[right].second < pairs[left].second);
    if (take_right)
      exchanges += static_cast<int64_t>(middle - left);
    scratch[out] = pairs[take_right ? right++ : left++];
  }
  std::copy(scratch.begin() + from, scratch.begin() + to, pairs.begin() + from);
  return exchanges;
}

} // namespace

double pearson(std::span<const double> x, std::span<const double> y) {
  require_pairs(x, y, "pearson");
  if (is_constant(x) || is_constant(y))
    return kNaN;
  const auto dx = deviations(x), dy = deviations(y);
  return std::clamp(dot(dx, dy) / std::sqrt(dot(dx, dx) * dot(dy, dy)), -1.0, 1.0);
}

double spearman(std::span<const double> x, std::span<const double> y) {
  require_pairs(x, y, "spearman");
  return pearson(average_ranks(x), average_ranks(y));
}

double kendall(std::span<const double> x, std::span<const double> y) {
  require_pairs(x, y, "kendall");
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < x.size(); ++i)
    pairs.emplace_back(x[i], y[i]);
  std::sort(pairs.begin(), pairs.end());
  const int64_t tied_x =
      tied_pairs(pairs, [](const Pair& a, const Pair& b) { return a.first == b.first; });
  const int64_t tied_both = tied_pairs(pairs, [](const Pair& a, const Pair& b) { return a == b; });
  std::vector<Pair> scratch(pairs.size());
  const int64_t discordant = sort_counting(pairs, scratch, 0, pairs.size());
  const int64_t tied_y =
      tied_pairs(pairs, [](const Pair& a, const Pair& b) { return a.second == b.second; });
  const int64_t n = static_cast<int64_t>(x.size()), all = n * (n - 1) / 2;
  if (tied_x == all || tied_y == all)
    return kNaN;
  const auto surplus = static_cast<double>(all - tied_x - tied_y + tied_both - 2 * discordant);
  return surplus / std::sqrt(static_cast<double>(all - tied_x)) /
         std::sqrt(static_cast<double>(all - tied_y));
}

double correlation(Correlation kind, std::span<const double> x, std::span<const double> y) {
  switch (kind) {
    case Correlation::spearman:
      return spearman(x, y);
    case Correlation::kendall:
      return kendall(x, y);
    default:
      return pearson(x, y);
  }
}

} // namespace residua::stats
