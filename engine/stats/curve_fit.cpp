#include "engine/stats/curve_fit.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/t_interval.hpp"

#include <Eigen/QR>
#include <cmath>
#include <limits>
#include <unsupported/Eigen/NonLinearOptimization>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kIndependent = 1e-8; // the Jacobian is numeric, with errors of about 1e-10

/// The residuals in the form that Eigen's solver takes.
class Residuals {
 public:
  Residuals(const Curve& curve, const Representation& x, std::span<const double> y,
            const CurveOptions& options, std::span<const double> start)
      : curve_(curve), x_(x), y_(y), roots_(weights_or_ones(options.weights, y.size()).cwiseSqrt()),
        start_(as_column(start)), limit_(options.evaluations) {}

  int values() const { return static_cast<int>(y_.size()); }
  int64_t evaluations() const { return evaluations_; }
  const Eigen::VectorXd& roots() const { return roots_; }

  /// Weighted residuals at `params`; infinite where the curve is not finite, which the solver takes
  /// as a step too far.
  int operator()(const Eigen::VectorXd& params, Eigen::VectorXd& out) {
    interrupt::poll();
    if (++evaluations_ > limit_)
      throw Error(cat("curve_fit: no optimum within ", limit_, " evaluations"),
                  "start nearer to it, or bring the params to like scales");
    for (Eigen::Index i = 0; i < out.size(); ++i) {
      const double value = at(i, params);
      out[i] = std::isfinite(value) ? roots_[i] * (y_[static_cast<std::size_t>(i)] - value)
                                    : std::numeric_limits<double>::infinity();
    }
    return 0;
  }

  /// Jacobian by central differences, whose step balances rounding and curvature.
  int df(const Eigen::VectorXd& params, Eigen::MatrixXd& out) {
    Eigen::VectorXd moved = params, above(values()), below(values());
    for (Eigen::Index j = 0; j < params.size(); ++j) {
      const double size = std::max({std::abs(params[j]), std::abs(start_[j]) * 1e-3, 1e-8});
      const double step = std::cbrt(std::numeric_limits<double>::epsilon()) * size;
      moved[j] = params[j] + step;
      (*this)(moved, above);
      const double up = moved[j];
      moved[j] = params[j] - step;
      (*this)(moved, below);
      out.col(j) = (above - below) / (up - moved[j]);
      moved[j] = params[j];
      if (!out.col(j).allFinite())
        throw Error(
            cat("curve_fit: the curve is not finite beside param ", j + 1, " = ", params[j]),
            "write the curve so that nearby params are allowed, or start elsewhere");
    }
    return 0;
  }

  void require_start(const Eigen::VectorXd& params) {
    for (Eigen::Index i = 0; i < values(); ++i) {
      const double value = at(i, params);
      if (!std::isfinite(value))
        throw Error(cat("curve_fit: the curve is ", value, " at point ", i + 1, " for the start"),
                    "start where it is finite at all points");
    }
  }

 private:
  double at(Eigen::Index i, const Eigen::VectorXd& params) const {
    return curve_({x_.row(i).data(), static_cast<std::size_t>(x_.cols())},
                  {params.data(), static_cast<std::size_t>(params.size())});
  }

  const Curve& curve_;
  Representation x_;
  std::span<const double> y_;
  Eigen::VectorXd roots_;
  Eigen::VectorXd start_;
  int64_t limit_, evaluations_ = 0;
};

void check(const Representation& x, std::span<const double> y, std::span<const double> start,
           const CurveOptions& options) {
  constexpr std::size_t kMostParams = 1000;
  require_level(options.level, "curve_fit");
  require_resamples(options.evaluations, "curve_fit: evaluations");
  require_at_least(1, start.size(), "curve_fit: start");
  require_moderate(y, "curve_fit: y");
  require_moderate(start, "curve_fit: start");
  require_design(x, y.size(), {}, "curve_fit");
  require_weights(options.weights, y.size(), "curve_fit");
  if (start.size() > kMostParams)
    throw Error(cat("curve_fit: ", start.size(), " params"), cat("give at most ", kMostParams));
  if (y.size() < start.size())
    throw Error(cat("curve_fit: ", y.size(), " points for ", start.size(), " params"),
                cat("give at least ", start.size(), " points"));
}

/// The optimum from `params` on.
Eigen::VectorXd optimum(Residuals& residuals, Eigen::VectorXd params) {
  Eigen::LevenbergMarquardt<Residuals> solver(residuals);
  solver.parameters.ftol = solver.parameters.xtol = 1e-14;
  solver.parameters.maxfev = std::numeric_limits<int>::max(); // Residuals counts, with Jacobians
  const auto status = solver.minimize(params);
  if (status == Eigen::LevenbergMarquardtSpace::ImproperInputParameters || !params.allFinite())
    throw Error("curve_fit: the fit left the finite numbers", "start nearer to the optimum");
  return params;
}

/// (J'J)^-1; names a param on which the fit does not depend, or no more than others account for.
Eigen::MatrixXd inverse_information(const Eigen::MatrixXd& jacobian) {
  const Eigen::Index k = jacobian.cols();
  Eigen::MatrixXd unit = jacobian;
  const Eigen::VectorXd norms = jacobian.colwise().stableNorm();
  for (Eigen::Index j = 0; j < k; ++j)
    if (norms[j] > 0)
      unit.col(j) /= norms[j];
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(unit);
  for (Eigen::Index j = 0; j < k; ++j)
    if (std::abs(qr.matrixQR()(j, j)) < kIndependent)
      throw Error(cat("curve_fit: the data do not determine param ", j + 1,
                      norms[j] > 0 ? " beside those before it" : ""),
                  "fix it, start elsewhere, or choose a curve with fewer params");
  const Eigen::MatrixXd inverse = norms.cwiseInverse().asDiagonal() *
                                  qr.matrixQR().topRows(k).triangularView<Eigen::Upper>().solve(
                                      Eigen::MatrixXd::Identity(k, k));
  return inverse * inverse.transpose();
}

double total_squares(std::span<const double> y, const Eigen::VectorXd& roots) {
  const Eigen::VectorXd values = as_column(y);
  const double mean = weighted_mean(values, roots.cwiseAbs2());
  return roots.cwiseProduct((values.array() - mean).matrix()).squaredNorm();
}

} // namespace

CurveFit curve_fit(const Curve& curve, const Representation& x, std::span<const double> y,
                   std::span<const double> start, const CurveOptions& options) {
  check(x, y, start, options);
  Residuals residuals(curve, x, y, options, start);
  residuals.require_start(as_column(start));
  const Eigen::VectorXd params = optimum(residuals, as_column(start));
  Eigen::MatrixXd jacobian(residuals.values(), params.size());
  Eigen::VectorXd errors(residuals.values());
  residuals.df(params, jacobian);
  residuals(params, errors);

  CurveFit fit{};
  fit.n = static_cast<int64_t>(y.size());
  fit.degrees = fit.n - params.size();
  const auto df = static_cast<double>(fit.degrees);
  const double rest = errors.squaredNorm(), total = total_squares(y, residuals.roots());
  fit.residual_sd = df > 0 ? std::sqrt(rest / df) : kNaN;
  fit.r2 = total > 0 ? 1 - rest / total : kNaN;
  fit.covariance = fit.residual_sd * fit.residual_sd * inverse_information(jacobian);
  for (Eigen::Index j = 0; j < params.size(); ++j) {
    const double error = std::sqrt(fit.covariance(j, j));
    const Interval interval = t_interval(params[j], error, df, options.level);
    fit.params.push_back({params[j], interval.low, interval.high, error});
  }
  const Eigen::VectorXd plain = errors.cwiseQuotient(residuals.roots());
  fit.residuals.assign(plain.begin(), plain.end());
  fit.evaluations = residuals.evaluations();
  return fit;
}

} // namespace residua::stats
