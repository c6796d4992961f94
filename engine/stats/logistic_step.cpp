#include "engine/stats/logistic_step.hpp"

#include <algorithm>
#include <cmath>

namespace residua::stats {
namespace {

constexpr Eigen::Index kLocations = 60, kWidths = 10; // of the grid, at most

/// Less the mean and of unit length; zeros where it is constant.
Eigen::VectorXd shape(const Eigen::VectorXd& curve) {
  Eigen::VectorXd centred = curve.array() - curve.mean();
  const double length = centred.norm();
  return length > 1e-12 ? Eigen::VectorXd(centred / length) : Eigen::VectorXd::Zero(curve.size());
}

} // namespace

Eigen::VectorXd LogisticStep::curve(const Eigen::VectorXd& x, double location, double width) {
  return 1 / (1 + (-(x.array() - location) / width).exp());
}

LogisticStep::LogisticStep(const Eigen::VectorXd& x) : x_(x) {
  const Eigen::Index gaps = x.size() - 1;
  narrowest_ = (x.tail(gaps) - x.head(gaps)).minCoeff() / 10;
  locations_.resize(std::min(gaps, kLocations));
  for (Eigen::Index i = 0; i < locations_.size(); ++i) {
    const Eigen::Index gap = (2 * i + 1) * gaps / (2 * locations_.size());
    locations_[i] = (x[gap] + x[gap + 1]) / 2;
  }
  widths_ = Eigen::VectorXd::LinSpaced(kWidths, std::log(narrowest_), 0).array().exp();
  shapes_.resize(x.size(), locations_.size() * kWidths);
  for (Eigen::Index i = 0; i < shapes_.cols(); ++i)
    shapes_.col(i) = shape(curve(x, locations_[i / kWidths], widths_[i % kWidths]));
}

double LogisticStep::gain(const Eigen::VectorXd& centred, double location, double log_width) const {
  const double product = shape(curve(x_, location, std::exp(log_width))).dot(centred);
  return product * product;
}

Step LogisticStep::from_grid(const Eigen::VectorXd& centred) const {
  const Eigen::VectorXd products = shapes_.transpose() * centred;
  Eigen::Index best = 0;
  const double most = products.cwiseAbs().maxCoeff(&best);
  return {locations_[best / kWidths], widths_[best % kWidths], most * most};
}

Step LogisticStep::fit(const Eigen::VectorXd& centred, double resolution) const {
  const Step start = from_grid(centred);
  double location = start.location, log_width = std::log(start.width), best = start.gain;
  const double lowest = std::log(narrowest_);
  const auto improves = [&](double moved, double moved_width) {
    moved = std::clamp(moved, x_[0], x_[x_.size() - 1]);
    moved_width = std::clamp(moved_width, lowest, 0.0);
    const double value = gain(centred, moved, moved_width);
    if (!(value > best))
      return false;
    location = moved, log_width = moved_width, best = value;
    return true;
  };
  for (double step = 0.5; step > resolution;) {
    const double reach = step * std::exp(log_width);
    if (!(improves(location + reach, log_width) || improves(location - reach, log_width) ||
          improves(location, log_width + step) || improves(location, log_width - step)))
      step /= 2;
  }
  return {location, std::exp(log_width), best};
}

} // namespace residua::stats
