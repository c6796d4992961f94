#include "engine/stats/association.hpp"

#include "engine/stats/bootstrap.hpp"
#include "engine/stats/permutation.hpp"

#include <limits>
#include <vector>

namespace residua::stats {
namespace {

std::vector<double> take(std::span<const double> values, std::span<const int64_t> indices) {
  std::vector<double> taken;
  taken.reserve(indices.size());
  for (const int64_t index : indices)
    taken.push_back(values[static_cast<std::size_t>(index)]);
  return taken;
}

} // namespace

Effect association(Correlation kind, std::span<const double> x, std::span<const double> y,
                   std::span<const int64_t> groups, const EffectOptions& options) {
  const double p =
      correlation_p(kind, x, y, groups, {.resamples = options.flips, .seed = options.seed});
  // a jackknife or a resample may be too few pairs or constant: then it has no value
  const auto statistic = [&](std::span<const int64_t> indices) {
    return indices.size() < 2 ? std::numeric_limits<double>::quiet_NaN()
                              : correlation(kind, take(x, indices), take(y, indices));
  };
  BootstrapOptions bootstrap_options;
  bootstrap_options.resamples = options.resamples;
  bootstrap_options.level = options.level;
  bootstrap_options.seed = options.seed;
  const auto n = static_cast<int64_t>(x.size());
  const Interval interval = bootstrap(n, statistic, bootstrap_options);
  return {interval.estimate, interval.low, interval.high, p, n, options.level};
}

} // namespace residua::stats
