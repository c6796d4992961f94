#pragma once
// The penalised loss of logistic regression: value, gradient and Newton directions.

#include <Eigen/Core>
#include <cstdint>
#include <span>

namespace residua::stats {

/// What the loss knows at some coefficients.
struct SoftmaxPoint {
  double value;
  Eigen::MatrixXd gradient;
  Eigen::MatrixXd probabilities; ///< [items, rows]
};

/// Sum over items of -w ln p(label), plus penalty / 2 times the squared coefficients. Coefficients
/// are [predictors + 1, rows], intercepts last and free of penalty. Two classes have one row, the
/// logits of class 1 beside 0 for class 0; more have a row each.
class SoftmaxLoss {
 public:
  SoftmaxLoss(const Eigen::MatrixXd& columns, std::span<const int64_t> labels, int64_t classes,
              const Eigen::VectorXd& weights, double penalty);

  /// [items, rows]
  Eigen::MatrixXd logits(const Eigen::MatrixXd& coefficients) const;
  double value(const Eigen::MatrixXd& coefficients) const;
  /// Without the penalty.
  double data_value(const Eigen::MatrixXd& coefficients) const;
  SoftmaxPoint at(const Eigen::MatrixXd& coefficients) const;
  /// Approximately -H^-1 gradient, by conjugate gradients with the diagonal of H as preconditioner;
  /// rows do not move together, for which H is singular.
  Eigen::MatrixXd newton_direction(const SoftmaxPoint& point) const;

 private:
  Eigen::MatrixXd gradient(const Eigen::MatrixXd& coefficients,
                           const Eigen::MatrixXd& probabilities) const;
  Eigen::MatrixXd penalized(const Eigen::MatrixXd& coefficients) const;
  Eigen::MatrixXd hessian_times(const Eigen::MatrixXd& probabilities,
                                const Eigen::MatrixXd& direction) const;
  Eigen::MatrixXd hessian_diagonal(const Eigen::MatrixXd& probabilities) const;

  Eigen::MatrixXd inputs_;  // [items, predictors + 1], ones last
  Eigen::MatrixXd targets_; // [items, rows], 1 at the label's row
  Eigen::VectorXd weights_;
  double penalty_;
};

} // namespace residua::stats
