#include "engine/stats/quantile.hpp"

#include "engine/error.hpp"
#include "engine/stats/check.hpp"

#include <algorithm>
#include <cmath>

namespace residua::stats {
namespace {

void require_probability(double q) {
  if (!(q >= 0 && q <= 1))
    throw Error(cat("quantile: q is ", q), "choose one from 0 to 1");
}

} // namespace

double quantile_sorted(std::span<const double> sorted, double q) {
  require_at_least(1, sorted.size(), "quantile: values");
  require_probability(q);
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - std::floor(at));
}

std::vector<double> quantiles(std::span<const double> values, std::span<const double> q) {
  require_finite(values, "quantile: values");
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> result;
  for (const double one : q)
    result.push_back(quantile_sorted(sorted, one));
  return result;
}

double quantile(std::span<const double> values, double q) {
  return quantiles(values, std::span<const double>(&q, 1)).front();
}

double median(std::span<const double> values) {
  return quantile(values, 0.5);
}

} // namespace residua::stats
