#include "engine/stats/regression.hpp"

#include "engine/error.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/t_interval.hpp"

#include <Eigen/QR>
#include <cmath>
#include <limits>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kFree = 1e-10; // an item of leverage above 1 - kFree decides its own fit

/// The problem with rows times the roots of their weights, centred, in columns of unit length.
struct Scaled {
  Eigen::MatrixXd columns;
  Eigen::VectorXd norms, means; // of the columns
  Eigen::VectorXd y, roots;
  double y_mean = 0, weight = 0; // the sum of the weights
};

/// What the QR decomposition tells.
struct Solution {
  Eigen::VectorXd unit;     // coefficients of the scaled columns
  Eigen::MatrixXd inverse;  // of R
  Eigen::VectorXd leverage; // without the intercept's share
};

void require_items(std::size_t items, const Representation& x, bool intercept) {
  const auto coefficients = static_cast<std::size_t>(x.cols()) + (intercept ? 1 : 0);
  if (items < coefficients)
    throw Error(cat("ols: ", items, " values for ", coefficients, " coefficients"),
                cat("give at least ", coefficients));
}

Scaled scaled(std::span<const double> y, const Representation& x, Names names,
              const OlsOptions& options) {
  const Eigen::VectorXd weights = weights_or_ones(options.weights, y.size());
  Scaled result;
  result.roots = weights.cwiseSqrt();
  result.weight = weights.sum();
  result.y = as_column(y);
  if (options.intercept) {
    Standardized centred = standardized(x, weights, false);
    result.columns = std::move(centred.columns);
    result.means = std::move(centred.means);
    result.y_mean = weighted_mean(result.y, weights);
  } else {
    result.columns = x;
    result.means = Eigen::VectorXd::Zero(x.cols());
  }
  result.columns = result.roots.asDiagonal() * result.columns;
  require_full_rank(result.columns, names, options.intercept, "ols");
  result.norms = result.columns.colwise().stableNorm();
  result.columns = result.columns * result.norms.cwiseInverse().asDiagonal();
  result.y = result.roots.cwiseProduct((result.y.array() - result.y_mean).matrix());
  return result;
}

Solution solve(const Scaled& problem) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(problem.columns);
  const auto n = problem.columns.rows(), k = problem.columns.cols();
  const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(n, k);
  Solution result;
  result.inverse = qr.matrixQR().topRows(k).triangularView<Eigen::Upper>().solve(
      Eigen::MatrixXd::Identity(k, k));
  result.unit = result.inverse * (q.transpose() * problem.y);
  result.leverage = q.rowwise().squaredNorm();
  return result;
}

Coefficient coefficient(const std::string& name, double estimate, double standard_error, double df,
                        double level) {
  const double error = df > 0 ? standard_error : kNaN;
  const Interval interval = t_interval(estimate, error, df, level);
  return {name, estimate, interval.low, interval.high, error, t_two_sided_p(estimate / error, df)};
}

std::vector<Coefficient> coefficients(const Scaled& problem, const Solution& solution, Names names,
                                      const OlsFit& fit, bool intercept) {
  const auto df = static_cast<double>(fit.degrees);
  const Eigen::VectorXd slopes = solution.unit.cwiseQuotient(problem.norms);
  std::vector<Coefficient> list;
  if (intercept) {
    const Eigen::VectorXd means = problem.means.cwiseQuotient(problem.norms);
    const double error =
        fit.residual_sd *
        std::sqrt(1 / problem.weight + (means.transpose() * solution.inverse).squaredNorm());
    list.push_back(
        coefficient("intercept", problem.y_mean - slopes.dot(problem.means), error, df, fit.level));
  }
  for (Eigen::Index j = 0; j < slopes.size(); ++j)
    list.push_back(coefficient(predictor_name(names, j), slopes[j],
                               fit.residual_sd * solution.inverse.row(j).norm() / problem.norms[j],
                               df, fit.level));
  return list;
}

/// Sum of the squared errors of items that were left out; NaN where one cannot be.
double press(const Eigen::VectorXd& errors, const Eigen::VectorXd& leverage) {
  if (leverage.maxCoeff() > 1 - kFree)
    return kNaN;
  return (errors.array() / (1 - leverage.array())).square().sum();
}

} // namespace

OlsFit ols(std::span<const double> y, const Representation& x, Names names,
           const OlsOptions& options) {
  require_level(options.level, "ols");
  require_moderate(y, "ols: y");
  require_design(x, y.size(), names, "ols");
  require_weights(options.weights, y.size(), "ols");
  require_items(y.size(), x, options.intercept);
  const Scaled problem = scaled(y, x, names, options);
  const Solution solution = solve(problem);
  const Eigen::VectorXd errors = problem.y - problem.columns * solution.unit;
  Eigen::VectorXd leverage = solution.leverage;
  if (options.intercept)
    leverage += problem.roots.cwiseAbs2() / problem.weight;

  OlsFit fit{};
  const int64_t fixed = options.intercept ? 1 : 0;
  fit.level = options.level;
  fit.n = static_cast<int64_t>(y.size());
  fit.degrees = fit.n - x.cols() - fixed;
  const double total = problem.y.squaredNorm(), rest = errors.squaredNorm();
  const auto df = static_cast<double>(fit.degrees);
  fit.residual_sd = df > 0 ? std::sqrt(rest / df) : kNaN;
  fit.r2 = total > 0 ? 1 - rest / total : kNaN;
  fit.adjusted_r2 = df > 0 ? 1 - (1 - fit.r2) * static_cast<double>(fit.n - fixed) / df : kNaN;
  fit.q2 = total > 0 ? 1 - press(errors, leverage) / total : kNaN;
  fit.coefficients = coefficients(problem, solution, names, fit, options.intercept);
  const Eigen::VectorXd residuals = errors.cwiseQuotient(problem.roots);
  fit.residuals.assign(residuals.begin(), residuals.end());
  fit.leverage.assign(leverage.begin(), leverage.end());
  return fit;
}

} // namespace residua::stats
