#include "engine/stats/drawn_quantiles.hpp"

#include "engine/stats/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace residua::stats {
namespace {

/// Walks up the list that the counts make of ascending values.
struct Walk {
  const std::vector<double>& values;
  const std::vector<std::size_t>& units;
  std::span<const double> counts;
  std::size_t i = 0;
  double passed = counts[units[0]]; // drawn values up to and with values[i]

  /// The value at a place from 0 on, not below the last one.
  double at(double place) {
    while (passed <= place)
      passed += counts[units[++i]];
    return values[i];
  }
};

} // namespace

DrawnQuantiles::DrawnQuantiles(std::span<const double> values, std::span<const std::size_t> units) {
  require_same_size(units.size(), values.size(), "drawn_quantiles: units", "the values");
  require_finite(values, "drawn_quantiles: values");
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (const std::size_t i : order) {
    values_.push_back(values[i]);
    units_.push_back(units[i]);
  }
}

std::vector<double> DrawnQuantiles::of(std::span<const double> counts,
                                       std::span<const double> q) const {
  double total = 0;
  for (const std::size_t unit : units_)
    total += counts[unit];
  if (total == 0)
    return std::vector<double>(q.size(), std::numeric_limits<double>::quiet_NaN());
  Walk walk{values_, units_, counts};
  std::vector<double> result;
  for (const double one : q) {
    const double place = one * (total - 1), whole = std::floor(place);
    const double below = walk.at(whole);
    Walk ahead = walk; // the next quantile may lie before its neighbour
    result.push_back(std::lerp(below, ahead.at(std::min(whole + 1, total - 1)), place - whole));
  }
  return result;
}

} // namespace residua::stats
