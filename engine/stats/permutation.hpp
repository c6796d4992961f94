#pragma once
// Permutation tests, two-sided: exact by enumeration where there are few cases, else p = (1 + #) /
// (1 + B), where # of B random cases are at least as extreme as the one observed.

#include "engine/stats/correlation.hpp"

#include <cstdint>
#include <span>

namespace residua::stats {

struct PermutationOptions {
  int64_t resamples = 9999; ///< B
  uint64_t seed = 1;
};

/// p of the mean of paired differences under flips of their signs; exact for n <= 14.
double sign_flip_p(std::span<const double> differences, const PermutationOptions& options = {});

/// p of a correlation under permutations of y, which stay inside the groups that `groups` labels
/// unless it is empty. Exact where at most 8! = 40 320 permutations are possible, so always for n
/// <= 8. NaN where x or y is constant.
double correlation_p(Correlation kind, std::span<const double> x, std::span<const double> y,
                     std::span<const int64_t> groups = {}, const PermutationOptions& options = {});

} // namespace residua::stats
