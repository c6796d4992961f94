#include "engine/stats/sample.hpp"

#include "engine/error.hpp"
#include "engine/stats/finite.hpp"

#include <cmath>
#include <limits>
#include <numeric>

namespace residua::stats {
namespace {

template <class Value>
std::vector<Value> sorted_copy(std::span<const Value> values, const char* where) {
  require_all_finite(values, where);
  if (values.size() < 2)
    throw Error(cat(where, ": ", values.size(), " values"), "give at least 2");
  std::vector<Value> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  if (sorted.front() == sorted.back())
    throw Error(cat(where, ": all ", sorted.size(), " values are ", sorted.front()),
                "give values that differ: a law needs a spread");
  return sorted;
}

} // namespace

Sample::Sample(std::span<const double> values, const char* where)
    : sorted_(sorted_copy(values, where)) {
  normalise(where);
}

Sample::Sample(std::span<const float> values, const char* where)
    : sorted_(sorted_copy(values, where)) {
  normalise(where);
}

std::size_t Sample::size() const {
  return std::visit([](const auto& sorted) { return sorted.size(); }, sorted_);
}

double Sample::value(std::size_t i) const {
  return std::visit([i](const auto& sorted) { return static_cast<double>(sorted[i]); }, sorted_);
}

void Sample::normalise(const char* where) {
  const std::size_t n = size();
  const double range = value(n - 1) - value(0);
  if (!std::isfinite(range))
    throw Error(cat(where, ": values from ", value(0), " to ", value(n - 1)),
                "scale them down: their range is more than a double holds");
  center_ = std::midpoint(value((n - 1) / 2), value(n / 2));
  unit_ = range; // so that the sum below cannot overflow
  const double share = sums<1>([](double z, auto& out) { out[0] += std::abs(z); })[0];
  unit_ =
      std::max(range * (share / static_cast<double>(n)), std::numeric_limits<double>::denorm_min());
}

double Sample::tied_share() const {
  const std::size_t n = size();
  std::size_t longest = 1, from = 0;
  for (std::size_t i = 1; i < n; ++i) {
    if (value(i) != value(from))
      from = i;
    longest = std::max(longest, i - from + 1);
  }
  return static_cast<double>(longest) / static_cast<double>(n);
}

Sample Sample::thinned(std::size_t most) const {
  if (size() <= most)
    return *this;
  std::vector<double> kept(most);
  for (std::size_t i = 0; i < most; ++i)
    kept[i] = value((2 * i + 1) * size() / (2 * most));
  Sample result;
  result.sorted_ = std::move(kept);
  result.center_ = center_;
  result.unit_ = unit_;
  return result;
}

} // namespace residua::stats
