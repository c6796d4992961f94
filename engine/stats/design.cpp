#include "engine/stats/design.hpp"

#include "engine/error.hpp"
#include "engine/stats/check.hpp"

#include <Eigen/QR>
#include <cmath>

namespace residua::stats {
namespace {

constexpr double kLargest = 1e100;
constexpr double kIndependent = 1e-10; // least distance of a unit column from those before it

void require_moderate(double value, const std::string& where, Eigen::Index row, Eigen::Index rows) {
  if (!(std::abs(value) <= kLargest))
    throw Error(cat(where, ": value ", row + 1, " of ", rows, " is ", value),
                std::isfinite(value) ? "rescale it below 1e100"
                                     : "leave it out, or find out why it is not finite");
}

} // namespace

std::string predictor_name(Names names, Eigen::Index column) {
  return names.empty() ? cat("x", column + 1) : names[static_cast<std::size_t>(column)];
}

void require_moderate(std::span<const double> values, const std::string& where) {
  for (std::size_t i = 0; i < values.size(); ++i)
    require_moderate(values[i], where, static_cast<Eigen::Index>(i),
                     static_cast<Eigen::Index>(values.size()));
}

void require_design(const Representation& x, std::size_t rows, Names names,
                    const std::string& function) {
  if (x.cols() < 1)
    throw Error(function + ": no predictors", "give at least 1");
  require_same_size(static_cast<std::size_t>(x.rows()), rows, function + ": predictors", "y");
  if (!names.empty())
    require_same_size(names.size(), static_cast<std::size_t>(x.cols()), function + ": names",
                      "the predictors");
  for (Eigen::Index column = 0; column < x.cols(); ++column)
    for (Eigen::Index row = 0; row < x.rows(); ++row)
      require_moderate(x(row, column), function + ": " + predictor_name(names, column), row,
                       x.rows());
}

void require_weights(std::span<const double> weights, std::size_t size,
                     const std::string& function) {
  if (weights.empty())
    return;
  require_same_size(weights.size(), size, function + ": weights", "the data");
  require_moderate(weights, function + ": weights");
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] < 1 / kLargest)
      throw Error(cat(function, ": weight ", i + 1, " is ", weights[i]),
                  "give positive weights, and leave out values that are not to count");
}

Eigen::VectorXd weights_or_ones(std::span<const double> weights, std::size_t size) {
  if (weights.empty())
    return Eigen::VectorXd::Ones(static_cast<Eigen::Index>(size));
  return as_column(weights);
}

double weighted_mean(const Eigen::VectorXd& values, const Eigen::VectorXd& weights) {
  const double first = values[0];
  return first + weights.dot((values.array() - first).matrix()) / weights.sum();
}

void require_full_rank(const Eigen::MatrixXd& columns, Names names, bool intercept,
                       const std::string& function) {
  Eigen::MatrixXd unit = columns;
  for (Eigen::Index j = 0; j < unit.cols(); ++j) {
    const double norm = unit.col(j).stableNorm();
    if (norm == 0)
      throw Error(
          cat(function, ": ", predictor_name(names, j), intercept ? " is constant" : " is zero"),
          "leave it out");
    unit.col(j) /= norm;
  }
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(unit);
  for (Eigen::Index j = 0; j < unit.cols(); ++j)
    if (j >= unit.rows() || std::abs(qr.matrixQR()(j, j)) < kIndependent)
      throw Error(cat(function, ": ", predictor_name(names, j),
                      " is a linear combination of the predictors before it"),
                  "leave it out");
}

Standardized standardized(const Representation& x, const Eigen::VectorXd& weights,
                          bool unit_variance) {
  Standardized result{x, Eigen::VectorXd(x.cols()), Eigen::VectorXd::Ones(x.cols())};
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    result.means[j] = weighted_mean(x.col(j), weights);
    auto column = result.columns.col(j);
    column.array() -= result.means[j];
    const double deviation = std::sqrt(weights.dot(column.cwiseAbs2()) / weights.sum());
    if (unit_variance && deviation > 0)
      result.scales[j] = deviation;
    column /= result.scales[j];
  }
  return result;
}

} // namespace residua::stats
