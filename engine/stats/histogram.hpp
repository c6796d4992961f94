#pragma once
// A histogram over common bins, fixed beforehand, so that those of parts of the data merge.

#include <cstdint>
#include <span>
#include <vector>

namespace residua::stats {

/// `bins` bins of equal width from `low` to `high`, each closed below and open above but the last,
/// which is closed (NumPy's convention); what lies outside counts as under or over.
class Histogram {
 public:
  /// low < high, both finite; 1 to 10 000 000 bins.
  Histogram(double low, double high, int64_t bins);

  /// Each throws Error on NaN or infinity, and then nothing has been added.
  void add(double value, double weight = 1);
  void add(std::span<const double> values);
  void add(std::span<const float> values);
  void add(std::span<const double> values, std::span<const double> weights);
  /// Adds what another over the same bins has seen. Throws Error for other bins.
  void merge(const Histogram& other);

  double low() const { return low_; }
  double high() const { return high_; }
  double count() const; ///< sum of all weights, those outside included
  double under() const { return under_; }
  double over() const { return over_; }
  const std::vector<double>& counts() const { return counts_; }
  /// Borders of the bins, one more than there are bins.
  std::vector<double> edges() const;
  /// Share of all weights per unit of value: its integral is the share inside [low, high].
  std::vector<double> density() const;

  bool operator==(const Histogram&) const = default;

 private:
  template <class Value> void add_values(std::span<const Value> values);
  double edge(std::size_t i) const;
  double& slot(double value);

  double low_, high_, step_;
  double under_ = 0, over_ = 0;
  std::vector<double> counts_;
};

} // namespace residua::stats
