#include "engine/stats/change_points.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/broken_stick.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/design.hpp"
#include "engine/stats/logistic_step.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/rank.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <functional>

namespace residua::stats {
namespace {

using Eigen::VectorXd;

constexpr double kFine = 1e-9, kCoarse = 1e-3; // resolution of the fit and of those to simulations
constexpr double kClosest = 1e-9;
constexpr double kExact = 1e-26; // squares of an exact fit, as a share of n times the largest

/// Distinct points, moved to x from -1 to 1 and |y| up to 1 about a mean of 0.
struct Points {
  VectorXd x, y;
  double x_centre, x_scale, y_centre, y_scale;
  double x_of(double u) const { return x_centre + x_scale * u; }
  double y_of(double v) const { return y_centre + y_scale * v; }
};

void distinct(std::span<const double> x, std::span<const double> y, Points& points) {
  const auto order = sorting_order(x);
  std::vector<double> xs, ys;
  for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
    double mean = 0;
    for (; to < order.size() && x[order[to]] == x[order[from]]; ++to)
      mean += (y[order[to]] - mean) / static_cast<double>(to - from + 1);
    xs.push_back(x[order[from]]);
    ys.push_back(mean);
  }
  points.x = as_column(xs);
  points.y = as_column(ys);
}

Points points_of(std::span<const double> x, std::span<const double> y) {
  constexpr Eigen::Index kLeast = 6, kMost = 10'000;
  require_moderate(x, "change_points: x");
  require_moderate(y, "change_points: y");
  require_same_size(y.size(), x.size(), "change_points: y", "x");
  Points points{};
  distinct(x, y, points);
  const Eigen::Index n = points.x.size();
  if (n < kLeast || n > kMost)
    throw Error(cat("change_points: ", n, " distinct x"), cat("give ", kLeast, " to ", kMost));
  points.x_centre = (points.x[0] + points.x[n - 1]) / 2;
  points.x_scale = (points.x[n - 1] - points.x[0]) / 2;
  points.x = (points.x.array() - points.x_centre) / points.x_scale;
  if ((points.x.tail(n - 1) - points.x.head(n - 1)).minCoeff() < kClosest)
    throw Error(cat("change_points: two x are closer than ", kClosest, " of half their range"),
                "give them as one");
  points.y_centre = weighted_mean(points.y, VectorXd::Ones(n));
  points.y.array() -= points.y_centre;
  points.y_scale = points.y.cwiseAbs().maxCoeff();
  if (points.y_scale == 0)
    points.y_scale = 1;
  points.y /= points.y_scale;
  return points;
}

/// Least squares of y on a constant and further columns.
struct Fitted {
  VectorXd coefficients, values;
  double squares;
};

Fitted least_squares(const Eigen::MatrixXd& columns, const VectorXd& y) {
  const VectorXd coefficients = columns.householderQr().solve(y);
  const VectorXd values = columns * coefficients;
  return {coefficients, values, (y - values).squaredNorm()};
}

/// Takes means and slopes out of many y of one x.
class Detrend {
 public:
  explicit Detrend(const VectorXd& x) : direction_(x.array() - x.mean()) {
    direction_ /= direction_.norm();
  }
  VectorXd centred(const VectorXd& y) const { return y.array() - y.mean(); }
  VectorXd operator()(const VectorXd& y) const {
    const VectorXd rest = centred(y);
    return rest - direction_.dot(rest) * direction_;
  }

 private:
  VectorXd direction_;
};

/// Location of the best fit of a model to y, and its squares.
struct Located {
  double location, squares;
};
using Fit = std::function<Located(const VectorXd& y)>;

VectorXd simulated(const VectorXd& values, double sd, Random& random) {
  VectorXd y(values.size());
  for (Eigen::Index i = 0; i < y.size(); ++i)
    y[i] = values[i] + sd * random.normal();
  return y;
}

/// How far a model lowers the squares of the line, as a share of its own.
double improvement(double line, double model) {
  return line / std::max(model, 1e-300);
}

/// Share of curves simulated from the line that the model improves at least as much.
double p_of_line(const Fitted& line, double squares, const Detrend& detrend, const Fit& fit,
                 const ChangeOptions& options) {
  const auto n = line.values.size();
  if (line.squares <= kExact * static_cast<double>(n))
    return 1;
  const double observed = improvement(line.squares, squares);
  const double sd = std::sqrt(line.squares / static_cast<double>(n - 2));
  Random random(options.seed);
  double extreme = 1;
  for (int64_t i = 0; i < options.resamples; ++i) {
    interrupt::poll();
    const VectorXd y = simulated(line.values, sd, random);
    extreme += improvement(detrend(y).squaredNorm(), fit(y).squares) >= observed ? 1 : 0;
  }
  return extreme / static_cast<double>(options.resamples + 1);
}

/// Interval of the location from refits to curves simulated from the model.
Interval location_interval(double location, const Fitted& model, const Points& points,
                           const Fit& fit, const ChangeOptions& options) {
  const double sd = std::sqrt(model.squares / static_cast<double>(points.x.size() - 4));
  Random random(options.seed + 1);
  std::vector<double> refitted;
  for (int64_t i = 0; i < options.resamples; ++i) {
    interrupt::poll();
    refitted.push_back(points.x_of(fit(simulated(model.values, sd, random)).location));
  }
  return percentile_interval(points.x_of(location), refitted, options.level);
}

double bic(double squares, const Points& points, double params) {
  const auto n = static_cast<double>(points.x.size());
  const double least = std::max(squares, kExact * n);
  return n * (std::log(least / n) + 2 * std::log(points.y_scale)) + params * std::log(n);
}

TwoSegmentModel two_segment(const Points& points, const Fitted& line,
                            const ChangeOptions& options) {
  const BrokenStick stick(points.x);
  const Detrend detrend(points.x);
  const Fit fit = [&](const VectorXd& y) -> Located {
    const VectorXd rest = detrend(y);
    const Bend bend = stick.fit(rest);
    return {bend.location, std::max(0.0, rest.squaredNorm() - bend.gain)};
  };
  const double at = fit(points.y).location;
  Eigen::MatrixXd columns(points.x.size(), 3);
  columns << VectorXd::Ones(points.x.size()), (points.x.array() - at).min(0).matrix(),
      (points.x.array() - at).max(0).matrix();
  const Fitted model = least_squares(columns, points.y);
  const double slope = points.y_scale / points.x_scale;
  return {location_interval(at, model, points, fit, options),
          points.y_of(model.coefficients[0]),
          slope * model.coefficients[1],
          slope * model.coefficients[2],
          model.squares * points.y_scale * points.y_scale,
          bic(model.squares, points, 5),
          p_of_line(line, model.squares, detrend, fit, options)};
}

StepModel logistic_change(const Points& points, const Fitted& line, const ChangeOptions& options) {
  const LogisticStep shapes(points.x);
  const Detrend detrend(points.x);
  const Fit fit = [&](const VectorXd& y) -> Located {
    const VectorXd centred = detrend.centred(y);
    const Step step = shapes.fit(centred, kCoarse);
    return {step.location, std::max(0.0, centred.squaredNorm() - step.gain)};
  };
  const Step step = shapes.fit(detrend.centred(points.y), kFine);
  Eigen::MatrixXd columns(points.x.size(), 2);
  columns << VectorXd::Ones(points.x.size()),
      LogisticStep::curve(points.x, step.location, step.width);
  const Fitted model = least_squares(columns, points.y);
  return {location_interval(step.location, model, points, fit, options),
          step.width * points.x_scale,
          points.y_of(model.coefficients[0]),
          points.y_of(model.coefficients.sum()),
          model.squares * points.y_scale * points.y_scale,
          bic(model.squares, points, 5),
          p_of_line(line, model.squares, detrend, fit, options)};
}

ChangeModel best_of(const ChangePoints& fits) {
  if (fits.line.bic <= std::min(fits.two_segment.bic, fits.logistic.bic))
    return ChangeModel::line;
  return fits.two_segment.bic <= fits.logistic.bic ? ChangeModel::two_segment
                                                   : ChangeModel::logistic;
}

} // namespace

ChangePoints change_points(std::span<const double> x, std::span<const double> y,
                           const ChangeOptions& options) {
  require_level(options.level, "change_points");
  require_resamples(options.resamples, "change_points");
  const Points points = points_of(x, y);
  Eigen::MatrixXd columns(points.x.size(), 2);
  columns << VectorXd::Ones(points.x.size()), points.x;
  const Fitted line = least_squares(columns, points.y);
  const double slope = line.coefficients[1] * points.y_scale / points.x_scale;
  ChangePoints fits{};
  fits.n = points.x.size();
  fits.line = {points.y_of(line.coefficients[0]) - slope * points.x_centre, slope,
               line.squares * points.y_scale * points.y_scale, bic(line.squares, points, 3)};
  fits.two_segment = two_segment(points, line, options);
  fits.logistic = logistic_change(points, line, options);
  fits.best = best_of(fits);
  return fits;
}

} // namespace residua::stats
