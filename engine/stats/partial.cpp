#include "engine/stats/partial.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/rank.hpp"
#include "engine/stats/t_interval.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kDetermined = 1e-10; // share of the deviations that is left of a determined value
constexpr double kSlack = 1e-12;      // equal correlations that rounded apart tie
const std::string kFunction = "partial_correlation";

/// Takes what the controls explain, and the mean, out of values.
class Residuals {
 public:
  explicit Residuals(const Eigen::MatrixXd& centred) {
    const Eigen::MatrixXd unit =
        centred * centred.colwise().stableNorm().cwiseInverse().asDiagonal();
    basis_ = Eigen::HouseholderQR<Eigen::MatrixXd>(unit).householderQ() *
             Eigen::MatrixXd::Identity(unit.rows(), unit.cols());
  }

  /// Residuals of unit length; zeros where nothing is left.
  Eigen::VectorXd operator()(const Eigen::VectorXd& values) const {
    Eigen::VectorXd rest =
        values.array() - weighted_mean(values, Eigen::VectorXd::Ones(values.size()));
    const double before = rest.stableNorm();
    for (int pass = 0; pass < 2; ++pass) // the second removes what rounding left
      rest -= basis_ * (basis_.transpose() * rest);
    const double after = rest.stableNorm();
    if (after <= kDetermined * before)
      return Eigen::VectorXd::Zero(values.size());
    return rest / after;
  }

 private:
  Eigen::MatrixXd basis_; // orthonormal
};

Eigen::VectorXd values_or_ranks(Correlation kind, const Eigen::VectorXd& values) {
  if (kind == Correlation::pearson)
    return values;
  return as_column(average_ranks({values.data(), static_cast<std::size_t>(values.size())}));
}

double permuted_p(const Eigen::VectorXd& x, const Eigen::VectorXd& y, const Residuals& residuals,
                  const PartialOptions& options) {
  require_resamples(options.permutations, kFunction);
  const double threshold = std::abs(x.dot(y)) - kSlack;
  Random random(options.seed);
  Eigen::VectorXd permuted = y;
  double extreme = 0;
  for (int64_t i = 0; i < options.permutations; ++i) {
    interrupt::poll();
    random.shuffle(std::span(permuted.data(), static_cast<std::size_t>(permuted.size())));
    extreme += std::abs(x.dot(residuals(permuted))) >= threshold ? 1 : 0;
  }
  return (1 + extreme) / (1 + static_cast<double>(options.permutations));
}

/// Fisher's interval, from n less the controls.
Interval fisher(Correlation kind, double r, double items, double level) {
  if (items <= 3)
    return {r, kNaN, kNaN, level};
  const double variance = (kind == Correlation::spearman ? 1 + r * r / 2 : 1) / (items - 3);
  const double half = quantile(boost::math::normal(), (1 + level) / 2) * std::sqrt(variance);
  return {r, std::tanh(std::atanh(r) - half), std::tanh(std::atanh(r) + half), level};
}

void check(Correlation kind, std::span<const double> x, std::span<const double> y,
           const Representation& controls, Names names, const PartialOptions& options) {
  if (kind == Correlation::kendall)
    throw Error(kFunction + ": kind is kendall", "choose pearson or spearman");
  require_level(options.level, kFunction);
  require_moderate(x, kFunction + ": x");
  require_moderate(y, kFunction + ": y");
  require_same_size(y.size(), x.size(), kFunction + ": y", "x");
  require_design(controls, x.size(), names, kFunction);
  require_at_least(static_cast<std::size_t>(controls.cols()) + 3, x.size(), kFunction + ": x");
}

} // namespace

Effect partial_correlation(Correlation kind, std::span<const double> x, std::span<const double> y,
                           const Representation& controls, Names names,
                           const PartialOptions& options) {
  check(kind, x, y, controls, names, options);
  RowMatrix given = controls;
  for (Eigen::Index j = 0; j < given.cols(); ++j)
    given.col(j) = values_or_ranks(kind, controls.col(j));
  const Eigen::MatrixXd centred =
      standardized(given, Eigen::VectorXd::Ones(given.rows()), false).columns;
  require_full_rank(centred, names, true, kFunction);
  const Residuals residuals(centred);
  const Eigen::VectorXd rest_x = residuals(values_or_ranks(kind, as_column(x)));
  const Eigen::VectorXd rest_y = residuals(values_or_ranks(kind, as_column(y)));
  const auto n = static_cast<int64_t>(x.size());
  if (rest_x.isZero(0) || rest_y.isZero(0))
    return {kNaN, kNaN, kNaN, kNaN, n, options.level};
  const double r = std::clamp(rest_x.dot(rest_y), -1.0, 1.0);
  const auto free = static_cast<double>(n - controls.cols());
  const Interval interval = fisher(kind, r, free, options.level);
  const double p = options.permutations > 0
                       ? permuted_p(rest_x, rest_y, residuals, options)
                       : t_two_sided_p(r * std::sqrt((free - 2) / (1 - r * r)), free - 2);
  return {r, interval.low, interval.high, p, n, options.level};
}

} // namespace residua::stats
