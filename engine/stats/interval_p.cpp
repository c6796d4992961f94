#include "engine/stats/interval_p.hpp"

#include "engine/stats/check.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace residua::stats {

/// Two-sided p of a border that lies `times` half-widths away.
template <class Law> static double p_beyond(const Law& law, double times, double level) {
  return 2 * cdf(complement(law, times * quantile(law, (1 + level) / 2)));
}

double interval_p(const Interval& interval, double border, int64_t units) {
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
  const double times = distance / half, df = static_cast<double>(units - 1);
  return std::max(kLeast, units < 2 ? p_beyond(boost::math::normal(), times, interval.level)
                                    : p_beyond(boost::math::students_t(df), times, interval.level));
}

} // namespace residua::stats
