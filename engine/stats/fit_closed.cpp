// Laws whose fits are closed forms: Gauss, Laplace, lognormal of |x|.

#include "engine/error.hpp"
#include "engine/stats/fit_laws.hpp"

#include <cmath>
#include <numbers>

namespace residua::stats {
namespace {

constexpr double kLog2Pi = 1.8378770664093454836; // ln(2 pi)

/// Logarithms of the magnitudes that are not 0.
struct LogMagnitudes {
  double count = 0, mean = 0, std = 0; ///< std with `count` in the denominator
};

LogMagnitudes log_magnitudes(const Sample& sample) {
  LogMagnitudes result;
  const auto sum = [&](auto term) {
    CompensatedSum total;
    for (std::size_t i = 0; i < sample.size(); ++i)
      if (const double x = sample.value(i); x != 0)
        total.add(term(std::log(std::abs(x))));
    interrupt::poll();
    return total.total();
  };
  result.count = sum([](double) { return 1.0; });
  result.mean = sum([](double log) { return log; }) / result.count;
  const double squares = sum([&](double log) { return std::pow(log - result.mean, 2); });
  result.std = std::sqrt(squares / result.count);
  return result;
}

} // namespace

double in_units_of_data(double log_likelihood, const Sample& sample) {
  return log_likelihood - static_cast<double>(sample.size()) * std::log(sample.unit());
}

FittedLaw fit_gauss(const Sample& sample) {
  const auto n = static_cast<double>(sample.size());
  const double mean = sample.sums<1>([](double z, auto& out) { out[0] += z; })[0] / n;
  const auto squares =
      sample.sums<1>([&](double z, auto& out) { out[0] += (z - mean) * (z - mean); });
  const double std = std::sqrt(squares[0] / n);
  const double location = sample.center() + mean * sample.unit(), scale = std * sample.unit();
  const double log_likelihood = -n * (std::log(std) + (kLog2Pi + 1) / 2);
  return {{{"location", location}, {"scale", scale}},
          in_units_of_data(log_likelihood, sample),
          {location, [scale](double distance) { return log_tail_gauss(distance / scale); }}};
}

/// The median and the mean absolute deviation are the sample's center and unit.
FittedLaw fit_laplace(const Sample& sample) {
  const auto n = static_cast<double>(sample.size());
  const double scale = sample.unit();
  return {
      {{"location", sample.center()}, {"scale", scale}},
      in_units_of_data(-n * (std::numbers::ln2 + 1), sample),
      {sample.center(), [scale](double distance) { return log_tail_laplace(distance / scale); }}};
}

/// Density of x: that of ln |x|, times the Jacobian 1 / |x|, times 1/2 for the sign.
FittedLaw fit_lognormal(const Sample& sample) {
  const auto n = static_cast<double>(sample.size());
  const LogMagnitudes log = log_magnitudes(sample);
  if (!(log.std > 0))
    throw Error("fit: lognormal: all magnitudes other than 0 are equal",
                "choose another law: the likelihood has no maximum");
  const double mean = log.mean, std = log.std;
  const double log_likelihood = -n * (mean + std::log(std) + (kLog2Pi + 1) / 2 + std::numbers::ln2);
  const auto log_tail = [mean, std](double distance) {
    return -std::numbers::ln2 +
           (distance == 0 ? 0 : log_tail_gauss((std::log(distance) - mean) / std));
  };
  return {{{"log_location", mean}, {"log_scale", std}},
          log.count < n ? -std::numeric_limits<double>::infinity() : log_likelihood,
          {0, log_tail}};
}

} // namespace residua::stats
