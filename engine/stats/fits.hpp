#pragma once
// Maximum likelihood fits of distributions to data, all with densities on the same support (the
// real line), so that their BICs compare.

#include "engine/stats/sample.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace residua::stats {

/// A law fitted to n values.
struct Fit {
  std::string law;
  std::vector<std::pair<std::string, double>> params; ///< by name, in the order of the law
  double n = 0;
  double log_likelihood = 0; ///< nats, over all values
  double bic = 0;            ///< params ln n - 2 log likelihood; less is better
  double ks = 0;             ///< Kolmogorov-Smirnov: largest distance of the distribution functions
  double anderson_darling = 0; ///< A^2, which weighs the tails more

  double param(std::string_view name) const;
};

/// Laws by name:
///   gauss              location, scale (n in the denominator)
///   laplace            location (median), scale (mean absolute deviation)
///   logistic           location, scale
///   student            location, scale, df in [0.5, 1e6]; a df of 1e6 is a Gauss law
///   lognormal          log_location, log_scale of |x|, with a fair sign: half the density of |x|
///   on
///                      either side of 0. Zeros have density 0 under it: with any in the data the
///                      log likelihood is -infinity, and the params are those of the others
///   generalised_gauss  location, scale, shape in [0.1, 100]: density ~ exp(-|(x - m) / s|^shape);
///                      shape 2 is a Gauss law, 1 a Laplace law, 100 nearly uniform
extern const std::span<const std::string_view> kLaws;

/// Fits one law. Throws Error for an unknown law, for fewer than 2 values (4 with a third param),
/// for equal values, NaN or infinity, and where the likelihood has no maximum: `student` with a
/// third of the values tied, `lognormal` with equal magnitudes.
Fit fit(std::span<const double> values, std::string_view law);
Fit fit(std::span<const float> values, std::string_view law);
Fit fit(const Sample& sample, std::string_view law);

/// All laws that can be fitted to the values, by ascending BIC, and why the others cannot.
struct Fits {
  std::vector<Fit> fits;
  std::vector<std::pair<std::string, std::string>> left_out; ///< law, reason
};
Fits fits(std::span<const double> values);
Fits fits(std::span<const float> values);

} // namespace residua::stats
