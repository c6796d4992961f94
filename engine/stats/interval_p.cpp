#include "engine/stats/interval_p.hpp"

#include "engine/stats/check.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace residua::stats {

double interval_p(const Interval& interval, double border) {
  constexpr double kLeast = 0.001;
  require_level(interval.level, "interval_p");
  if (!std::isfinite(interval.estimate) || !std::isfinite(interval.low) ||
      !std::isfinite(interval.high))
    return std::numeric_limits<double>::quiet_NaN();
  const double distance = std::abs(interval.estimate - border);
  const double half = interval.estimate > border ? interval.estimate - interval.low
                                                 : interval.high - interval.estimate;
  if (distance == 0)
    return 1;
  if (half <= 0)
    return kLeast;
  const boost::math::normal normal;
  const double z = distance / half * quantile(normal, (1 + interval.level) / 2);
  return std::max(kLeast, 2 * cdf(complement(normal, z)));
}

} // namespace residua::stats
