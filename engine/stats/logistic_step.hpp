#pragma once
// Least squares of a logistic step from one level to another.

#include <Eigen/Core>

namespace residua::stats {

/// The best step, and by how much it lowers the sum of squares about the mean.
struct Step {
  double location; ///< where half of the step is done
  double width;    ///< the middle half of the step takes 2 ln 3 = 2.2 widths
  double gain;
};

/// Fits y = a + b / (1 + exp(-(x - location) / width)) for one x and many y: a and b in closed
/// form, the others by a grid and then a search by halving steps.
class LogisticStep {
 public:
  /// x ascends strictly, best from -1 to 1. Widths are a tenth of the narrowest gap, at which a
  /// step is abrupt, to 1.
  explicit LogisticStep(const Eigen::VectorXd& x);

  /// `centred` is y less its mean; the search ends at steps of `resolution`.
  Step fit(const Eigen::VectorXd& centred, double resolution) const;

  /// Curve from 0 to 1 at x.
  static Eigen::VectorXd curve(const Eigen::VectorXd& x, double location, double width);

 private:
  double gain(const Eigen::VectorXd& centred, double location, double log_width) const;
  Step from_grid(const Eigen::VectorXd& centred) const;

  Eigen::VectorXd x_;
  double narrowest_; // width
  Eigen::VectorXd locations_, widths_;
  Eigen::MatrixXd shapes_; // [x, location * width]: curves less their means, of unit length
};

} // namespace residua::stats
