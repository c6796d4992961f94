#pragma once
// The law of Marchenko and Pastur 1967: where the spectrum of a random matrix lies.

#include "engine/stats/similarity.hpp"

#include <span>

namespace residua::stats {

/// Limit of the eigenvalues of W^T W / n, where W [n, p] has independent entries of mean 0 and the
/// given variance; ratio = p / n. Beyond ratio 1 a share 1 - 1 / ratio of them is 0.
class MarchenkoPastur {
 public:
  /// Throws Error unless both are positive and finite.
  MarchenkoPastur(double ratio, double variance);

  double ratio() const { return ratio_; }
  double variance() const { return variance_; }
  double lower() const; ///< variance (1 - sqrt ratio)^2
  double upper() const; ///< variance (1 + sqrt ratio)^2
  /// Of the continuous part, which integrates to min(1, 1 / ratio).
  double density(double x) const;
  /// Share of eigenvalues at or below x.
  double cdf(double x) const;

 private:
  double ratio_, variance_;
};

/// A matrix against the law of its own shape and variance.
struct SpectralFit {
  double ratio;         ///< shorter side over longer side
  double variance;      ///< of the entries, about their mean
  double lower, upper;  ///< edges of the law
  double ks;            ///< largest distance between the distribution functions, 0 to 1
  double share_outside; ///< of eigenvalues outside the edges
};

/// The eigenvalues s^2 / n of a matrix with singular values s (as many as its shorter side has),
/// n its longer side. Throws Error where the variance is 0.
SpectralFit compare_with_marchenko_pastur(std::span<const double> singular_values, int64_t rows,
                                          int64_t columns, double variance);

/// Variance of the entries about their mean, over their count.
double entry_variance(const Representation& matrix);

} // namespace residua::stats
