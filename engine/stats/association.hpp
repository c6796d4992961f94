#pragma once
// A correlation as an effect: coefficient, bootstrap interval over pairs, permutation p.

#include "engine/stats/correlation.hpp"
#include "engine/stats/paired.hpp"

namespace residua::stats {

/// BCa interval of the coefficient over resampled pairs, and its permutation p, where y is permuted
/// within the groups that `groups` labels (scripts, say) unless it is empty. All NaN where x or y
/// is constant.
Effect association(Correlation kind, std::span<const double> x, std::span<const double> y,
                   std::span<const int64_t> groups = {}, const EffectOptions& options = {});

} // namespace residua::stats
