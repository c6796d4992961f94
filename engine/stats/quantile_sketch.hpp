#pragma once
// Quantiles of a stream within a relative error: DDSketch of Masson, Rim and Lee, VLDB 2019, whose
// stores are never collapsed, so that the bound holds for every quantile and merging is exact.

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace residua::stats {

/// Weights of consecutive bins; bin i holds magnitudes in (gamma^(i-1), gamma^i]. It spans from the
/// bin of the least magnitude seen to that of the greatest, whatever the order of arrival.
struct SketchBins {
  int64_t first = 0; ///< index of weights[0]
  std::vector<double> weights;

  void cover(int64_t low, int64_t high);
  void merge(const SketchBins& other);
  bool operator==(const SketchBins&) const = default;
};

/// Bins of values whose width grows with the value. Its size is bounded by the range of the data,
/// not their number: at error 0.005, at most 19 100 bins per sign for float data and 145 400 for
/// double. Weights of 1 (and sums of them below 2^53) merge exactly, others up to rounding.
class QuantileSketch {
 public:
  /// `error` is relative, 0.0001 to 0.5.
  explicit QuantileSketch(double error = 0.005);

  /// Each throws Error on NaN or infinity, and then nothing has been added.
  void add(double value, double weight = 1);
  void add(std::span<const double> values);
  void add(std::span<const float> values);
  void add(std::span<const double> values, std::span<const double> weights);
  /// Adds what another of the same error has seen.
  void merge(const QuantileSketch& other);

  double error() const { return error_; }
  double count() const { return count_; } ///< sum of the weights
  double min() const { return min_; }     ///< exact; infinity when empty
  double max() const { return max_; }     ///< exact; -infinity when empty

  /// Within `error` (relative) of the least value whose share of the weights at or below it is at
  /// least q: the inverse distribution function. Exact at q = 0 and q = 1 and where it is 0.
  double quantile(double q) const;
  /// Weight of the values at or below `value`, up to the resolution of a bin: exact for some x with
  /// |x - value| <= 2 error / (1 - error) |value|.
  double rank(double value) const;
  /// The rank as a share of the weights, 0 to 1.
  double cdf(double value) const;

  /// Mean of |x - centre|, within `error` of the mean of |x|.
  double mean_deviation(double centre) const;

  bool operator==(const QuantileSketch&) const = default;

 private:
  template <class Value> void add_values(std::span<const Value> values);
  template <class Value> void cover(std::span<const Value> values);
  int64_t bin_of(double magnitude) const;
  double middle_of(int64_t bin) const;
  void put(double value, double weight);
  double value_at(double target) const;
  void require_some(const char* asked) const;

  double error_;
  double log_gamma_; ///< gamma = (1 + error) / (1 - error)
  double count_ = 0;
  double zero_ = 0; ///< weight of the value 0
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
  SketchBins positive_, negative_;
};

} // namespace residua::stats
