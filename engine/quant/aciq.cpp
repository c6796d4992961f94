#include "engine/quant/aciq.hpp"

#include <boost/math/special_functions/lambert_w.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <numbers>

namespace residua {

namespace {

double rounding_error(double a, double bits) {
  return a * a / (3 * std::pow(4.0, bits));
}

/// Derivative of the Gaussian error by a, over 2.
double gauss_slope(double a, double bits) {
  return a * std::erfc(a / std::numbers::sqrt2) -
         std::sqrt(2 / std::numbers::pi) * std::exp(-a * a / 2) + a / (3 * std::pow(4.0, bits));
}

} // namespace

double aciq_error(Law law, double a, double bits) {
  if (law == Law::laplace)
    return 2 * std::exp(-a) + rounding_error(a, bits);
  return (1 + a * a) * std::erfc(a / std::numbers::sqrt2) -
         std::sqrt(2 / std::numbers::pi) * a * std::exp(-a * a / 2) + rounding_error(a, bits);
}

double aciq_optimum(Law law, double bits) {
  if (law == Law::laplace)
    return boost::math::lambert_w0(3 * std::pow(4.0, bits));
  std::uintmax_t iterations = 200;
  const auto [low, high] = boost::math::tools::toms748_solve(
      [bits](double a) { return gauss_slope(a, bits); }, 1e-3, 12.0,
      boost::math::tools::eps_tolerance<double>(50), iterations);
  return (low + high) / 2;
}

} // namespace residua
