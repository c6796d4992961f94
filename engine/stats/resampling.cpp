#include "engine/stats/resampling.hpp"

#include "engine/error.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/random.hpp"

#include <numeric>

namespace residua::stats {

Interval ratio_of_sums(std::span<const double> numerators, std::span<const double> denominators,
                       const BootstrapOptions& options) {
  if (numerators.size() != denominators.size())
    throw Error(cat("ratio_of_sums: ", numerators.size(), " numerators and ", denominators.size(),
                    " denominators"));
  require_finite(numerators, "ratio_of_sums: numerators");
  require_finite(denominators, "ratio_of_sums: denominators");
  const auto ratio = [&](std::span<const int64_t> drawn) {
    double above = 0, below = 0;
    for (const int64_t i : drawn) {
      above += numerators[i];
      below += denominators[i];
    }
    return above / below;
  };
  BootstrapOptions like_a_mean = options;
  like_a_mean.expanded = true;
  return bootstrap(static_cast<int64_t>(numerators.size()), ratio, like_a_mean);
}

std::vector<double> resample_counts(int64_t n, int64_t resamples, uint64_t seed) {
  if (n < 1 || resamples < 1)
    throw Error(cat("resample_counts: n = ", n, ", resamples = ", resamples),
                "both must be 1 or more");
  Random random(seed);
  std::vector<double> counts(n * resamples);
  for (int64_t resample = 0; resample < resamples; ++resample)
    for (int64_t i = 0; i < n; ++i)
      ++counts[resample * n + static_cast<int64_t>(random.below(n))];
  return counts;
}

std::vector<int64_t> random_order(int64_t n, uint64_t seed) {
  std::vector<int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  Random(seed).shuffle(std::span(order));
  return order;
}

} // namespace residua::stats
