#include "engine/quant/grid_error.hpp"

#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace residua {

namespace {

/// Integrals of f, x f, x^2 f from -infinity to x.
struct Partial {
  double mass, first, second;
};

Partial gauss_below(double x) {
  if (std::isinf(x))
    return x < 0 ? Partial{0, 0, 0} : Partial{1, 0, 1};
  const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
  const double mass = std::erfc(-x / std::numbers::sqrt2) / 2;
  return {mass, -density, mass - x * density};
}

/// Density exp(-|x|) / 2.
Partial laplace_below(double x) {
  if (std::isinf(x))
    return x < 0 ? Partial{0, 0, 0} : Partial{1, 0, 2};
  const double tail = std::exp(-std::abs(x)) / 2;
  if (x <= 0)
    return {tail, (x - 1) * tail, (x * x - 2 * x + 2) * tail};
  return {1 - tail, -(x + 1) * tail, 2 - (x * x + 2 * x + 2) * tail};
}

Partial below(Law law, double x) {
  return law == Law::gauss ? gauss_below(x) : laplace_below(x);
}

} // namespace

double grid_error(const Grid& grid, Law law, double threshold) {
  const auto levels = grid.levels();
  const double scale = threshold / grid.top();
  double error = 0;
  Partial left = below(law, -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double level = levels[i] * scale;
    const double border = i + 1 < levels.size() ? (levels[i] + levels[i + 1]) / 2 * scale
                                                : std::numeric_limits<double>::infinity();
    const Partial right = below(law, border);
    error += (right.second - left.second) - 2 * level * (right.first - left.first) +
             level * level * (right.mass - left.mass);
    left = right;
  }
  return error;
}

double grid_optimum(const Grid& grid, Law law) {
  const auto error = [&](double threshold) { return grid_error(grid, law, threshold); };
  double best = 0.1; // a coarse scan first: float grids have several minima
  for (double threshold = 0.1; threshold < 64; threshold *= 1.05)
    best = error(threshold) < error(best) ? threshold : best;
  return boost::math::tools::brent_find_minima(error, best / 1.05, best * 1.05, 40).first;
}

} // namespace residua
