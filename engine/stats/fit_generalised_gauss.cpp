// The generalised Gauss law, density ~ exp(-|(x - m) / s|^shape). For given location and shape the
// scale is a closed form; these two are improved in turn until neither moves.

#include "engine/error.hpp"
#include "engine/stats/fit_laws.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

namespace residua::stats {
namespace {

constexpr double kLeastShape = 0.1, kGreatestShape = 100;

/// Location and shape, in the units of Sample::z.
struct Peak {
  double location = 0, shape = 1.5;
};

/// Greatest distance from the location: distances are divided by it, so that no power overflows.
double reach(const Sample& sample, double location) {
  return std::max(sample.z(sample.size() - 1) - location, location - sample.z(0));
}

/// Mean of (|y - m| / reach)^shape, and the same times the logarithm of the base.
struct PowerMeans {
  double plain, with_log;
};

PowerMeans power_means(const Sample& sample, const Peak& peak) {
  const double m = peak.location, shape = peak.shape, unit = reach(sample, m);
  const auto s = sample.sums<2>([=](double y, auto& out) {
    if (y == m)
      return; // 0^shape, and 0 in the limit with the logarithm
    const double log = std::log(std::abs(y - m) / unit), power = std::exp(shape * log);
    out[0] += power;
    out[1] += power * log;
  });
  const auto n = static_cast<double>(sample.size());
  return {s[0] / n, s[1] / n};
}

/// ln of the scale that maximises the likelihood: scale^shape = shape mean |y - m|^shape.
double log_scale(const Sample& sample, const Peak& peak) {
  return std::log(reach(sample, peak.location)) +
         std::log(peak.shape * power_means(sample, peak).plain) / peak.shape;
}

double mean_log_density(const Sample& sample, const Peak& peak) {
  return std::log(peak.shape) - std::numbers::ln2 - log_scale(sample, peak) -
         std::lgamma(1 / peak.shape) - 1 / peak.shape;
}

/// Has the sign of the likelihood's slope in the shape, the scale at its best.
double shape_slope(const Sample& sample, const Peak& peak) {
  const PowerMeans s = power_means(sample, peak);
  return 1 + (boost::math::digamma(1 / peak.shape) + std::log(peak.shape * s.plain)) / peak.shape -
         s.with_log / s.plain;
}

/// Has the sign of the likelihood's slope in the location; falls as the location grows, shape >= 1.
double location_slope(const Sample& sample, const Peak& peak) {
  const double m = peak.location, power = peak.shape - 1, unit = reach(sample, m);
  return sample.sums<1>([=](double y, auto& out) {
    if (y != m)
      out[0] += std::copysign(std::pow(std::abs(y - m) / unit, power), y - m);
  })[0];
}

/// Where a falling slope crosses 0 within [low, high], looked for from `start` outwards; the border
/// when it does not.
template <class Slope>
double crossing(Slope slope, double start, double width, double low, double high) {
  const double at_start = slope(start);
  if (at_start == 0)
    return start;
  const double sign = at_start > 0 ? 1 : -1, border = sign > 0 ? high : low;
  double near = start, at_near = at_start, far = start, at_far = at_start;
  while (at_far * sign > 0) {
    if (far == border)
      return border;
    near = far;
    at_near = at_far;
    far = std::clamp(far + sign * width, low, high);
    at_far = slope(far);
    width *= 4;
  }
  if (at_far == 0)
    return far;
  const auto close = [](double a, double b) {
    return std::abs(a - b) <= 1e-12 * (1 + std::abs(a));
  };
  uintmax_t most = 100;
  const auto [left, right] =
      sign > 0 ? boost::math::tools::toms748_solve(slope, near, far, at_near, at_far, close, most)
               : boost::math::tools::toms748_solve(slope, far, near, at_far, at_near, close, most);
  return std::midpoint(left, right);
}

double best_shape(const Sample& sample, const Peak& peak, double width) {
  const auto slope = [&](double log_shape) {
    return shape_slope(sample, {peak.location, std::exp(log_shape)});
  };
  return std::exp(crossing(slope, std::log(peak.shape), width, std::log(kLeastShape),
                           std::log(kGreatestShape)));
}

/// Below shape 1 the likelihood has a peak at every value, so the location is one of them: the best
/// of 17 spread over a window of ranks, then over the gap around it, until the gap is closed.
double best_value(const Sample& sample, const Peak& peak, std::size_t low, std::size_t high) {
  constexpr std::size_t kCandidates = 16;
  double best = peak.location, most = mean_log_density(sample, peak);
  while (true) {
    const std::size_t step = std::max<std::size_t>(1, (high - low) / kCandidates);
    std::size_t best_rank = low + (high - low) / 2;
    for (std::size_t rank = low; rank <= high; rank += step) {
      const double value = mean_log_density(sample, {sample.z(rank), peak.shape});
      if (value > most) {
        most = value;
        best = sample.z(rank);
        best_rank = rank;
      }
    }
    if (step == 1)
      return best;
    low = std::max(low, best_rank < step ? 0 : best_rank - step);
    high = std::min(high, best_rank + step);
  }
}

/// The ranks to look for a location in: all, or those near the location that thinned data gave.
struct Window {
  std::size_t low, high;
};

double best_location(const Sample& sample, const Peak& peak, const Window& window, double width) {
  if (peak.shape < 1)
    return best_value(sample, peak, window.low, window.high);
  const auto slope = [&](double m) { return location_slope(sample, {m, peak.shape}); };
  return crossing(slope, peak.location, width, sample.z(0), sample.z(sample.size() - 1));
}

/// Steps in turn, which end since each raises the likelihood; the two hardly depend on each other.
Peak climbed(const Sample& sample, Peak peak, const Window& window, double width) {
  constexpr int kMostRounds = 200;
  double before = mean_log_density(sample, peak);
  for (int i = 0; i < kMostRounds; ++i) {
    const Peak last = peak;
    peak.shape = best_shape(sample, peak, width);
    peak.location = best_location(sample, peak, window, width);
    const double moved =
        std::max(std::abs(peak.location - last.location), std::abs(peak.shape / last.shape - 1));
    const double now = mean_log_density(sample, peak);
    if (moved <= 1e-9 || (moved <= 1e-6 && now - before <= 1e-16))
      return peak;
    before = now;
    width = std::clamp(2 * moved, 1e-9, 1.0);
  }
  throw Error(cat("fit: generalised_gauss: no maximum after ", kMostRounds, " rounds"),
              "look for ties or for values on a lattice, or choose another law");
}

} // namespace

FittedLaw fit_generalised_gauss(const Sample& sample) {
  const std::size_t n = sample.size();
  if (n < 4)
    throw Error(cat("fit: generalised_gauss: ", n, " values"), "give at least 4");
  const Sample thin = sample.thinned(2048);
  Peak peak = climbed(thin, Peak{}, {0, thin.size() - 1}, 0.5);
  if (thin.size() < n) {
    std::size_t rank = 0;
    while (rank < n - 1 && sample.z(rank) < peak.location)
      rank += 1;
    const std::size_t reached = 2 * n / thin.size();
    peak = climbed(sample, peak,
                   {rank < reached ? 0 : rank - reached, std::min(n - 1, rank + reached)}, 1e-3);
  }
  const double log_unit = log_scale(sample, peak), shape = peak.shape;
  const double location = sample.center() + peak.location * sample.unit();
  const double scale = std::exp(log_unit) * sample.unit();
  const double log_likelihood = static_cast<double>(n) * mean_log_density(sample, peak);
  const auto log_tail = [scale, shape](double distance) {
    return log_tail_generalised_gauss(distance / scale, shape);
  };
  return {{{"location", location}, {"scale", scale}, {"shape", shape}},
          in_units_of_data(log_likelihood, sample),
          {location, log_tail}};
}

} // namespace residua::stats
