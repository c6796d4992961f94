#pragma once
// Streaming mean and covariance of rows; what is merged equals one pass, up to rounding.

#include "engine/stats/similarity.hpp"

#include <Eigen/Core>
#include <span>

namespace residua::stats {

/// [items, features] of float32, row by row.
using FloatRowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Count, mean and sums of products of deviations from the mean, in double: features^2 numbers.
/// Pairwise formula of Chan, Golub and LeVeque 1979. The first rows fix the number of features.
class Covariance {
 public:
  /// Each throws Error on NaN or infinity, and then nothing has been added. Rows are read in short
  /// pieces: float data are never copied whole.
  void add(const Representation& rows);
  void add(const Eigen::Ref<const FloatRowMatrix>& rows);
  /// Row i counts as often as its weight says (frequency weights, fractions allowed).
  void add(const Representation& rows, std::span<const double> weights);
  /// Adds what another over as many features has seen.
  void merge(const Covariance& other);

  double count() const { return count_; } ///< rows, or the sum of their weights
  Eigen::Index features() const { return mean_.size(); }
  /// Throws Error when empty.
  const Eigen::VectorXd& mean() const;
  /// [features, features], divided by count - 1. Throws Error unless count > 1.
  Eigen::MatrixXd covariance() const;
  /// Eigenvalues of the covariance, descending; what rounds below 0 is 0.
  Eigen::VectorXd eigenvalues() const;

 private:
  template <class Matrix>
  void add_rows(const Eigen::Ref<const Matrix>& rows, std::span<const double> weights);
  template <class Matrix> void check_rows(const Eigen::Ref<const Matrix>& rows) const;
  void merge_parts(double count, const Eigen::VectorXd& mean, const Eigen::MatrixXd& scatter);

  double count_ = 0;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd scatter_; ///< sum of (x - mean)(x - mean)^T; lower triangle only
};

} // namespace residua::stats
