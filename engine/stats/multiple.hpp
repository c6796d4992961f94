#pragma once
// Several tests at once: adjusted p values, in the order given.

#include <span>
#include <vector>

namespace residua::stats {

/// Holm 1979: controls the chance of any false finding, under every dependence.
std::vector<double> holm(std::span<const double> p);

/// Benjamini and Hochberg 1995: controls the expected share of false findings, under independence
/// or positive dependence.
std::vector<double> benjamini_hochberg(std::span<const double> p);

} // namespace residua::stats
