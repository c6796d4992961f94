#include "engine/stats/multiple.hpp"

#include "engine/error.hpp"
#include "engine/stats/rank.hpp"

#include <algorithm>
#include <string>

namespace residua::stats {
namespace {

void require_p_values(std::span<const double> p, const std::string& function) {
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!(p[i] >= 0 && p[i] <= 1))
      throw Error(cat(function, ": p value ", i + 1, " is ", p[i]), "give values from 0 to 1");
}

} // namespace

std::vector<double> holm(std::span<const double> p) {
  require_p_values(p, "holm");
  std::vector<double> adjusted(p.size());
  double largest = 0;
  std::size_t left = p.size();
  for (const std::size_t i : sorting_order(p)) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(left--) * p[i]));
    adjusted[i] = largest;
  }
  return adjusted;
}

std::vector<double> benjamini_hochberg(std::span<const double> p) {
  require_p_values(p, "benjamini_hochberg");
  const auto order = sorting_order(p);
  const auto count = static_cast<double>(p.size());
  std::vector<double> adjusted(p.size());
  double smallest = 1;
  for (std::size_t rank = p.size(); rank > 0; --rank) {
    const std::size_t i = order[rank - 1];
    smallest = std::min(smallest, p[i] * (count / static_cast<double>(rank)));
    adjusted[i] = smallest;
  }
  return adjusted;
}

} // namespace residua::stats
