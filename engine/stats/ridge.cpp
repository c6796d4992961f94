#include "engine/stats/ridge.hpp"

#include "engine/error.hpp"
#include "engine/stats/check.hpp"

#include <Eigen/SVD>
#include <cmath>
#include <limits>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kFree = 1e-10; // an item of leverage above 1 - kFree decides its own fit

void check(std::span<const double> y, const Representation& x, Names names,
           const RidgeOptions& options) {
  require_at_least(1, y.size(), "ridge: y");
  require_moderate(y, "ridge: y");
  require_design(x, y.size(), names, "ridge");
  require_weights(options.weights, y.size(), "ridge");
  if (!(options.penalty > 0 && std::isfinite(options.penalty)))
    throw Error(cat("ridge: penalty is ", options.penalty),
                "choose one above 0, or fit without one by ols");
}

} // namespace

RidgeFit ridge(std::span<const double> y, const Representation& x, Names names,
               const RidgeOptions& options) {
  check(y, x, names, options);
  const Eigen::VectorXd weights = weights_or_ones(options.weights, y.size());
  const Eigen::VectorXd roots = weights.cwiseSqrt();
  const Standardized design = standardized(x, weights, options.standardize);
  const Eigen::VectorXd values = as_column(y);
  const double mean = weighted_mean(values, weights);
  const Eigen::VectorXd target = roots.cwiseProduct((values.array() - mean).matrix());

  const Eigen::BDCSVD<Eigen::MatrixXd> svd(roots.asDiagonal() * design.columns,
                                           Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::VectorXd squares = svd.singularValues().cwiseAbs2();
  const Eigen::VectorXd kept = squares.array() / (squares.array() + options.penalty);
  const Eigen::VectorXd projected = svd.matrixU().transpose() * target;
  const Eigen::VectorXd shrunk =
      svd.singularValues().array() / (squares.array() + options.penalty) * projected.array();
  const Eigen::VectorXd slopes = (svd.matrixV() * shrunk).cwiseQuotient(design.scales);
  const Eigen::VectorXd errors = target - svd.matrixU() * kept.cwiseProduct(projected);
  const Eigen::VectorXd leverage = svd.matrixU().cwiseAbs2() * kept + weights / weights.sum();

  const double total = target.squaredNorm();
  const double press = (errors.array() / (1 - leverage.array())).square().sum();
  RidgeFit fit{};
  fit.intercept = mean - slopes.dot(design.means);
  fit.coefficients.assign(slopes.begin(), slopes.end());
  fit.degrees = kept.sum();
  fit.r2 = total > 0 ? 1 - errors.squaredNorm() / total : kNaN;
  fit.q2 = total > 0 && leverage.maxCoeff() < 1 - kFree ? 1 - press / total : kNaN;
  const Eigen::VectorXd residuals = errors.cwiseQuotient(roots);
  fit.residuals.assign(residuals.begin(), residuals.end());
  return fit;
}

} // namespace residua::stats
