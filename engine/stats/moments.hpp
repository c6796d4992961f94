#pragma once
// Streaming central moments: what is merged equals one pass, up to rounding.

#include <limits>
#include <span>

namespace residua::stats {

/// Count, mean and sums of powers of deviations from the mean. Formulas of Chan et
/// al. 1979 and Pebay 2008.
struct Moments {
  double n = 0;
  double mean = 0; ///< 0 when n = 0
  double m2 = 0;   ///< sum of (x - mean)^2
  double m3 = 0;
  double m4 = 0;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  /// Adds one value. Throws Error when it is NaN or infinite, as the next two do.
  void add(double value);
  /// Adds a block, in two passes over short pieces, which is both faster and more accurate than
  /// value by value.
  void add(std::span<const double> values);
  void add(std::span<const float> values);
  /// Adds what another has seen.
  void merge(const Moments& other);

  double variance() const; ///< m2 / (n - 1); NaN for n < 2
  double std() const;      ///< square root of the variance

  /// g1 = (m3/n) / (m2/n)^1.5, biased; NaN for constant data and for n = 0, as the next two.
  double skewness() const;
  /// Excess: g2 = (m4/n) / (m2/n)^2 - 3, biased.
  double kurtosis() const;
  /// Excess: G2 = (n-1)/((n-2)(n-3)) ((n+1) g2 + 6), unbiased for normal data; NaN also for n < 4.
  double kurtosis_unbiased() const;
};

/// Moments of values at hand.
Moments moments(std::span<const double> values);

} // namespace residua::stats
