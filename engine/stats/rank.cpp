#include "engine/stats/rank.hpp"

#include "engine/stats/check.hpp"

#include <algorithm>
#include <numeric>

namespace residua::stats {

std::vector<std::size_t> sorting_order(std::span<const double> values) {
  require_finite(values, "rank: values");
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

std::vector<double> average_ranks(std::span<const double> values) {
  const auto order = sorting_order(values);
  std::vector<double> ranks(values.size());
  for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
    while (to < order.size() && values[order[to]] == values[order[from]])
      ++to;
    const double shared = static_cast<double>(from + 1 + to) / 2; // of ranks from + 1 to `to`
    for (std::size_t i = from; i < to; ++i)
      ranks[order[i]] = shared;
  }
  return ranks;
}

} // namespace residua::stats
