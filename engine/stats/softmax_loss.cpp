#include "engine/stats/softmax_loss.hpp"

#include "engine/interrupt.hpp"

#include <algorithm>

namespace residua::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// ln of the sum of e^logit of each item; one row stands beside a logit of 0.
VectorXd log_normalizers(const MatrixXd& logits) {
  VectorXd most = logits.rowwise().maxCoeff();
  if (logits.cols() == 1)
    most = most.cwiseMax(0);
  VectorXd sums = (logits.colwise() - most).array().exp().rowwise().sum();
  if (logits.cols() == 1)
    sums.array() += (-most.array()).exp();
  return most.array() + sums.array().log();
}

/// Takes out the common move of all rows, along which the loss has no curvature but rounding.
MatrixXd apart(const MatrixXd& coefficients) {
  if (coefficients.cols() == 1)
    return coefficients;
  return coefficients.colwise() - coefficients.rowwise().mean();
}

double dot(const MatrixXd& a, const MatrixXd& b) {
  return a.cwiseProduct(b).sum();
}

} // namespace

SoftmaxLoss::SoftmaxLoss(const MatrixXd& columns, std::span<const int64_t> labels, int64_t classes,
                         const VectorXd& weights, double penalty)
    : inputs_(columns.rows(), columns.cols() + 1),
      targets_(MatrixXd::Zero(columns.rows(), classes > 2 ? classes : 1)), weights_(weights),
      penalty_(penalty) {
  inputs_ << columns, VectorXd::Ones(columns.rows());
  for (Index i = 0; i < columns.rows(); ++i) {
    const int64_t row = labels[static_cast<std::size_t>(i)] - (classes > 2 ? 0 : 1);
    if (row >= 0)
      targets_(i, row) = 1;
  }
}

MatrixXd SoftmaxLoss::logits(const MatrixXd& coefficients) const {
  return inputs_ * coefficients;
}

double SoftmaxLoss::data_value(const MatrixXd& coefficients) const {
  const MatrixXd scores = logits(coefficients);
  const VectorXd own = scores.cwiseProduct(targets_).rowwise().sum();
  return weights_.dot(log_normalizers(scores) - own);
}

double SoftmaxLoss::value(const MatrixXd& coefficients) const {
  return data_value(coefficients) +
         penalty_ / 2 * coefficients.topRows(coefficients.rows() - 1).squaredNorm();
}

SoftmaxPoint SoftmaxLoss::at(const MatrixXd& coefficients) const {
  const MatrixXd scores = logits(coefficients);
  const MatrixXd probabilities = (scores.colwise() - log_normalizers(scores)).array().exp();
  return {value(coefficients), gradient(coefficients, probabilities), probabilities};
}

MatrixXd SoftmaxLoss::penalized(const MatrixXd& coefficients) const {
  MatrixXd result = penalty_ * coefficients;
  result.bottomRows(1).setZero();
  return result;
}

MatrixXd SoftmaxLoss::gradient(const MatrixXd& coefficients, const MatrixXd& probabilities) const {
  return inputs_.transpose() * (weights_.asDiagonal() * (probabilities - targets_)) +
         penalized(coefficients);
}

MatrixXd SoftmaxLoss::hessian_times(const MatrixXd& probabilities,
                                    const MatrixXd& direction) const {
  const MatrixXd moved = probabilities.cwiseProduct(logits(direction));
  const VectorXd mean = moved.rowwise().sum();
  return inputs_.transpose() *
             (weights_.asDiagonal() * (moved - mean.asDiagonal() * probabilities)) +
         penalized(direction);
}

MatrixXd SoftmaxLoss::hessian_diagonal(const MatrixXd& probabilities) const {
  const MatrixXd spread = probabilities.array() * (1 - probabilities.array());
  MatrixXd diagonal = inputs_.cwiseAbs2().transpose() * (weights_.asDiagonal() * spread) +
                      penalized(MatrixXd::Ones(inputs_.cols(), targets_.cols()));
  return (diagonal.array() > 0).select(diagonal, MatrixXd::Ones(diagonal.rows(), diagonal.cols()));
}

MatrixXd SoftmaxLoss::newton_direction(const SoftmaxPoint& point) const {
  const MatrixXd scale = hessian_diagonal(point.probabilities).cwiseInverse();
  MatrixXd direction = MatrixXd::Zero(scale.rows(), scale.cols());
  MatrixXd rest = -apart(point.gradient), search = apart(scale.cwiseProduct(rest));
  double size = dot(rest, search);
  const double first = size;
  // tighter near the optimum, for superlinear convergence
  const double goal = first * std::min(1e-4, first / weights_.sum());
  const auto limit = static_cast<int64_t>(std::min<Index>(2 * scale.size() + 20, 2000));
  for (int64_t i = 0; i < limit && size > goal && size > 0; ++i) {
    interrupt::poll();
    const MatrixXd image = apart(hessian_times(point.probabilities, search));
    const double curvature = dot(search, image);
    if (curvature <= 0)
      break;
    direction += size / curvature * search;
    rest -= size / curvature * image;
    const MatrixXd scaled = apart(scale.cwiseProduct(rest));
    const double next = dot(rest, scaled);
    search = scaled + next / size * search;
    size = next;
  }
  return direction;
}

} // namespace residua::stats
