#pragma once
// Maximum of a smooth function of few variables within bounds: Newton's method, damped after
// Levenberg and Marquardt where the function is not concave or a step overshoots.

#include "engine/error.hpp"

#include <Eigen/Cholesky>
#include <cmath>

namespace residua::stats {

template <int N> using Point = Eigen::Matrix<double, N, 1>;

/// A function's value, gradient and second derivatives at a point. Scaled to order 1.
template <int N> struct Expansion {
  double value = 0;
  Point<N> gradient = Point<N>::Zero();
  Eigen::Matrix<double, N, N> hessian = Eigen::Matrix<double, N, N>::Zero();
};

template <int N> struct Bounds { Point<N> low, high; };

/// The step that a damping gives; a variable at its bound that pushes outwards stays there.
/// `concave` tells whether the matrix could be factorised.
template <int N> struct NewtonStep {
  Point<N> step;
  bool concave = false;
  double gain = 0; ///< expected
};

template <int N>
NewtonStep<N> newton_step(const Expansion<N>& at, const Point<N>& x, const Bounds<N>& bounds,
                          double damping) {
  Eigen::Matrix<double, N, N> curvature = -at.hessian;
  Point<N> gradient = at.gradient;
  for (int i = 0; i < N; ++i)
    curvature(i, i) += damping * (std::abs(curvature(i, i)) + 1e-12);
  for (int i = 0; i < N; ++i)
    if ((x[i] >= bounds.high[i] && gradient[i] > 0) || (x[i] <= bounds.low[i] && gradient[i] < 0)) {
      gradient[i] = 0;
      curvature.row(i).setZero();
      curvature.col(i).setZero();
      curvature(i, i) = 1;
    }
  const Eigen::LLT<Eigen::Matrix<double, N, N>> factors(curvature);
  NewtonStep<N> result;
  result.concave = factors.info() == Eigen::Success;
  result.step = factors.solve(gradient);
  result.gain = gradient.dot(result.step) / 2;
  return result;
}

/// `expand(x)` gives the Expansion at x. Ends when an undamped step promises less than 1e-15, which
/// leaves an error of about the square of that step. `where` opens the message when it does not
/// end.
template <int N, class Expand>
Point<N> maximum(Expand expand, Point<N> x, const Bounds<N>& bounds, const char* where) {
  constexpr int kMostSteps = 300;
  constexpr double kNoGain = 1e-15, kRounding = 1e-14;
  Expansion<N> at = expand(x);
  double damping = 0;
  for (int i = 0; i < kMostSteps; ++i) {
    const NewtonStep<N> step = newton_step(at, x, bounds, damping);
    const Point<N> to = (x + step.step).cwiseMax(bounds.low).cwiseMin(bounds.high);
    const bool defined = step.concave && to.allFinite();
    const Expansion<N> there = defined ? expand(to) : at;
    const double allowed = kRounding * (1 + std::abs(at.value));
    const bool better = defined && there.value >= at.value - allowed;
    const bool small = defined && step.gain < kNoGain;
    if (small && (damping == 0 || !better))
      return better ? to : x; // no rounding lets it be told from the maximum
    if (better) {
      x = to;
      at = there;
      damping = damping > 1e-4 ? damping / 10 : 0;
    } else {
      damping = std::max(1e-3, damping * 10);
    }
  }
  throw Error(cat(where, ": no maximum after ", kMostSteps, " steps"),
              "look for ties or for values on a lattice, or choose another law");
}

} // namespace residua::stats
