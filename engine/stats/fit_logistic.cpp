// The logistic law. With a = 1 / scale and b = location / scale the log likelihood is concave, so
// that Newton's method finds its one maximum from anywhere.

#include "engine/stats/fit_laws.hpp"
#include "engine/stats/newton.hpp"

#include <cmath>
#include <numbers>

namespace residua::stats {
namespace {

/// Mean over values y of ln a - r - 2 ln(1 + e^-r), r = a y - b, and its derivatives.
Expansion<2> logistic_at(const Sample& sample, const Point<2>& p) {
  const double a = p[0], b = p[1];
  const auto n = static_cast<double>(sample.size());
  const auto s = sample.sums<6>([a, b](double y, auto& out) {
    const double r = std::abs(a * y - b), e = std::exp(-r);
    const double t = std::copysign((1 - e) / (1 + e), a * y - b); // tanh(r / 2)
    const double w = 2 * e / ((1 + e) * (1 + e));                 // (1 - t^2) / 2
    out[0] -= r + 2 * std::log1p(e);
    out[1] += t * y;
    out[2] += t;
    out[3] += w * y * y;
    out[4] += w * y;
    out[5] += w;
  });
  Expansion<2> at;
  at.value = std::log(a) + s[0] / n;
  at.gradient << 1 / a - s[1] / n, s[2] / n;
  at.hessian << -1 / (a * a) - s[3] / n, s[4] / n, s[4] / n, -s[5] / n;
  return at;
}

} // namespace

FittedLaw fit_logistic(const Sample& sample) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Bounds<2> bounds{{1e-300, -kInfinity}, {kInfinity, kInfinity}};
  const auto fit_from = [&](const Sample& data, const Point<2>& start) {
    return maximum<2>([&](const Point<2>& p) { return logistic_at(data, p); }, start, bounds,
                      "fit: logistic");
  };
  // a logistic law of scale 1 has a mean absolute deviation of 2 ln 2; the sample's is 1
  const Point<2> start = fit_from(sample.thinned(4096), {2 * std::numbers::ln2, 0});
  const Point<2> best = fit_from(sample, start);
  const double location = sample.center() + best[1] / best[0] * sample.unit();
  const double scale = sample.unit() / best[0];
  const double log_likelihood =
      static_cast<double>(sample.size()) * logistic_at(sample, best).value;
  return {{{"location", location}, {"scale", scale}},
          in_units_of_data(log_likelihood, sample),
          {location, [scale](double distance) { return log_tail_logistic(distance / scale); }}};
}

} // namespace residua::stats
