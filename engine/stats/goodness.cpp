#include "engine/stats/goodness.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace residua::stats {
namespace {

using NoThrow = boost::math::policies::policy<
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>;

constexpr double kLeast = 1e-280; // below it, a tail in plain numbers loses digits
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Logarithms of P(X <= x) and P(X > x).
struct LogSides {
  double below, above;
};

LogSides log_sides(const SymmetricLaw& law, double x) {
  const double near = law.log_tail(std::abs(x - law.location));
  const double far = std::log1p(-std::exp(near));
  return x < law.location ? LogSides{near, far} : LogSides{far, near};
}

} // namespace

/// With i from 1 in ascending order, A^2 = -n - 1/n sum (2i-1) ln F(x_i) + (2n+1-2i) ln(1-F(x_i)).
Goodness goodness(const Sample& sample, const SymmetricLaw& law) {
  const auto n = static_cast<double>(sample.size());
  Goodness result;
  CompensatedSum sum;
  for (std::size_t at = 0; at < sample.size(); ++at) {
    if (at % 4096 == 0)
      interrupt::poll();
    const auto i = static_cast<double>(at + 1);
    const LogSides log = log_sides(law, sample.value(at));
    const double f = std::exp(log.below);
    result.ks = std::max({result.ks, i / n - f, f - (i - 1) / n});
    if (std::isinf(log.below) || std::isinf(log.above))
      result.anderson_darling = kInfinity;
    else
      sum.add((2 * i - 1) / n * log.below + (2 * n + 1 - 2 * i) / n * log.above);
  }
  if (result.anderson_darling == 0) {
    sum.add(n);
    result.anderson_darling = -sum.total();
  }
  return result;
}

double log_tail_gauss(double z) {
  const double tail = 0.5 * std::erfc(z / std::numbers::sqrt2);
  if (tail > kLeast)
    return std::log(tail);
  const double r = 1 / (z * z); // asymptotic series, of relative error 945 r^5
  return -0.5 * z * z - std::log(z) - 0.5 * std::log(2 * std::numbers::pi) +
         std::log1p(r * (-1 + r * (3 + r * (-15 + r * 105))));
}

double log_tail_laplace(double z) {
  return -z - std::numbers::ln2;
}

double log_tail_logistic(double z) {
  return -z - std::log1p(std::exp(-z));
}

/// P(T > z) = 1/2 I_x(df/2, 1/2), x = df / (df + z^2). Where it underflows, the density times
/// (df + z^2) / (df z), which is exact in the limits of both a power law and a Gauss law.
double log_tail_student(double z, double df) {
  const double q = z * z / df;
  const double tail = q > 1 ? 0.5 * boost::math::ibeta(df / 2, 0.5, 1 / (1 + q), NoThrow())
                            : 0.5 * boost::math::ibetac(0.5, df / 2, q / (1 + q), NoThrow());
  if (tail > kLeast)
    return std::log(tail);
  const double log_q1 = q < 1e300 ? std::log1p(q) : 2 * std::log(z) - std::log(df);
  const double log_constant = -std::log(boost::math::tgamma_delta_ratio(df / 2, 0.5, NoThrow())) -
                              0.5 * std::log(df * std::numbers::pi);
  return log_constant - (df - 1) / 2 * log_q1 - std::log(z);
}

/// P(Z > z) = 1/2 Q(1/shape, z^shape), Q the regularised upper incomplete gamma function.
double log_tail_generalised_gauss(double z, double shape) {
  const double a = 1 / shape, x = std::pow(z, shape);
  if (std::isinf(x))
    return -kInfinity;
  const double tail = 0.5 * boost::math::gamma_q(a, x, NoThrow());
  if (tail > kLeast)
    return std::log(tail);
  return -std::numbers::ln2 - x + (a - 1) * std::log(x) - std::lgamma(a) +
         std::log1p((a - 1) / x * (1 + (a - 2) / x * (1 + (a - 3) / x)));
}

} // namespace residua::stats
