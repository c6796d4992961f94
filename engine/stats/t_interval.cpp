#include "engine/stats/t_interval.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

} // namespace

Interval t_interval(double estimate, double standard_error, double df, double level) {
  if (!(df > 0))
    return {estimate, kNaN, kNaN, level};
  const double half =
      standard_error * quantile(complement(boost::math::students_t(df), (1 - level) / 2));
  return {estimate, estimate - half, estimate + half, level};
}

double t_two_sided_p(double t, double df) {
  if (std::isnan(t) || !(df > 0))
    return kNaN;
  if (std::isinf(t))
    return 0;
  return 2 * cdf(complement(boost::math::students_t(df), std::abs(t)));
}

} // namespace residua::stats
