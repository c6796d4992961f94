#pragma once
// Partial correlation: of what is left of x and y when controls are regressed out of both.

#include "engine/stats/correlation.hpp"
#include "engine/stats/design.hpp"
#include "engine/stats/paired.hpp"

namespace residua::stats {

struct PartialOptions {
  double level = 0.95;
  int64_t permutations = 0; ///< p from so many, or from the t distribution where 0
  uint64_t seed = 1;
};

/// Pearson's or Spearman's (of the ranks of all) partial correlation of x and y given the columns
/// of `controls` [items, controls], at least 3 items more than controls. The interval is Fisher's
/// z, for ranks with the variance of Bonett and Wright 2000; p has n - 2 - controls degrees of
/// freedom, or comes from permuted residuals (Freedman and Lane 1983). All NaN where the controls
/// determine x or y, or these are constant.
Effect partial_correlation(Correlation kind, std::span<const double> x, std::span<const double> y,
                           const Representation& controls, Names names = {},
                           const PartialOptions& options = {});

} // namespace residua::stats
