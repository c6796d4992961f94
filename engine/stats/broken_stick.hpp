#pragma once
// Least squares of a line that bends once, solved exactly (Hudson 1966).

#include <Eigen/Core>
#include <vector>

namespace residua::stats {

/// The best bend, and by how much it lowers the sum of squares.
struct Bend {
  double location;
  double gain;
};

/// Fits y = a + b x + c max(0, x - location) for one x and many y.
class BrokenStick {
 public:
  /// x ascends strictly, at least 4 values, best about -1 to 1.
  explicit BrokenStick(const Eigen::VectorXd& x);

  /// The best location from the second to the last but one of x, where both segments have two
  /// points. `residuals` are those of y from its own line.
  Bend fit(const Eigen::VectorXd& residuals) const;

 private:
  /// What max(0, x - t), for t between two neighbours of x, leaves over a line, has the squared
  /// length square + linear t + constant.
  struct Gap {
    long double constant, linear, square;
  };

  Eigen::VectorXd x_;
  std::vector<Gap> gaps_; // that begin at x_[1], x_[2], ...
};

} // namespace residua::stats
