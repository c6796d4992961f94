#include "engine/stats/mean_field.hpp"

#include "engine/error.hpp"

#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace residua::stats {
namespace {

double normal_cdf(double x) {
  return std::erfc(-x / std::numbers::sqrt2) / 2;
}

double normal_density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}

void require_levels(int64_t levels) {
  if (levels < 2 || levels > 65536)
    throw Error(cat("mean_field: levels is ", levels), "choose 2 to 65536");
}

/// chi(D) with both double sums in one pass over the thresholds: the numerator is a square, and in
/// the denominator a threshold meets all below it.
double chi_at(int64_t levels, double spacing) {
  const double centre = static_cast<double>(levels) / 2;
  double densities = 0, below = 0, denominator = 0;
  for (int64_t k = 1; k < levels; ++k) {
    const double threshold = (static_cast<double>(k) - centre) * spacing;
    densities += normal_density(threshold);
    denominator += normal_cdf(-threshold) * (normal_cdf(threshold) + 2 * below);
    below += normal_cdf(threshold);
  }
  return densities * densities / denominator;
}

/// Upper tail of the normal over its density, for t >= 0; by its asymptotic series where the tail
/// nears 0.
double mills_ratio(double t) {
  if (t < 25)
    return normal_cdf(-t) / normal_density(t);
  const double u = 1 / (t * t);
  return (1 - u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u)))) / t;
}

} // namespace

MeanField mean_field(int64_t levels, double spacing) {
  require_levels(levels);
  if (!(spacing > 0 && std::isfinite(spacing)))
    throw Error(cat("mean_field: spacing is ", spacing), "choose a positive number");
  const double chi = chi_at(levels, spacing);
  return {levels, spacing, chi, -1 / std::log(chi)};
}

MeanField best_mean_field(int64_t levels) {
  require_levels(levels);
  if (levels == 2)
    return {2, std::numeric_limits<double>::quiet_NaN(), 2 / std::numbers::pi,
            -1 / std::log(2 / std::numbers::pi)};
  // the levels then span a little over what n normal deviates do
  const auto n = static_cast<double>(levels);
  const double most = (4 + 4 * std::sqrt(std::log(n))) / n;
  const auto loss = [&](double spacing) { return 1 - chi_at(levels, spacing); };
  const auto [spacing, least] =
      boost::math::tools::brent_find_minima(loss, 1 / n, most, std::numeric_limits<double>::digits);
  return {levels, spacing, 1 - least, -1 / std::log1p(-least)};
}

double lognormal_sparsity(double mu, double sigma, double alpha) {
  if (!std::isfinite(mu) || !(sigma > 0 && std::isfinite(sigma)) ||
      !(alpha > 0 && std::isfinite(alpha)))
    throw Error(cat("lognormal_sparsity: mu ", mu, ", sigma ", sigma, ", alpha ", alpha),
                "choose finite numbers, sigma and alpha over 0");
  const double z = (std::log(alpha) - mu) / sigma, t = sigma - z;
  // E|g| / alpha of what is pruned, exp(mu + sigma^2 / 2) / alpha * Phi(z - sigma), whose factors
  // may overflow and vanish where their product does neither
  const double kept = t >= 0 ? normal_density(z) * mills_ratio(t)
                             : std::exp(sigma * (sigma / 2 - z)) * normal_cdf(-t);
  return normal_cdf(z) - kept;
}

} // namespace residua::stats
