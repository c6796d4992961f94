#pragma once
// Ranks with ties.

#include <cstddef>
#include <span>
#include <vector>

namespace residua::stats {

/// Positions that would sort the values in ascending order, ties in their order.
std::vector<std::size_t> sorting_order(std::span<const double> values);

/// Ranks from 1; equal values share the mean of their ranks.
std::vector<double> average_ranks(std::span<const double> values);

} // namespace residua::stats
