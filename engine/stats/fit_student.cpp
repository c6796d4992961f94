// Student's t law: location, scale and degrees of freedom together, by Newton's method.

#include "engine/error.hpp"
#include "engine/stats/fit_laws.hpp"
#include "engine/stats/newton.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <numbers>

namespace residua::stats {
namespace {

// With ties in a share of df / (1 + df) the likelihood grows without end as the scale shrinks
// around them, so df has a lower bound and ties have an upper one. Upwards the law ends at Gauss.
constexpr double kLeastDf = 0.5, kGreatestDf = 1e6, kMostTied = 0.3;

/// The part of ln density that only df decides, with its derivatives in df.
struct DfTerm {
  double value, first, second;
};

DfTerm df_term(double df) {
  using boost::math::digamma, boost::math::trigamma;
  const double half = df / 2, next = (df + 1) / 2;
  return {-std::log(boost::math::tgamma_delta_ratio(half, 0.5)) -
              0.5 * std::log(df * std::numbers::pi),
          0.5 * (digamma(next) - digamma(half) - 1 / df),
          0.25 * (trigamma(next) - trigamma(half)) + 0.5 / (df * df)};
}

/// Mean log density and its derivatives in (location m, ln scale, ln df), from r = (y - m) / scale:
/// w = (df + 1) / (df + r^2) weighs a value down, k = d(w r)/dr.
Expansion<3> student_at(const Sample& sample, const Point<3>& p) {
  const double m = p[0], scale = std::exp(p[1]), df = std::exp(p[2]), u = 1 / df;
  const auto s = sample.sums<10>([=](double y, auto& out) {
    const double r = (y - m) / scale, r2 = r * r, q = r2 * u, d = 1 / (1 + q);
    const double w = (1 + u) * d, k = w * (1 - q) * d, log_q = std::log1p(q);
    const double bend = r2 * (r2 - 1) * (u * d) * (u * d); // of w r^2, in df
    out[0] += log_q;
    out[1] += w * r;
    out[2] += w * r2;
    out[3] += k;
    out[4] += (k + w) * r;
    out[5] += (k + w) * r2;
    out[6] += w * q - log_q;
    out[7] += u * q * d - u * u * q * d - (1 + u) * u * q * d * d;
    out[8] += r == 0 ? 0 : bend / r;
    out[9] += bend;
  });
  const auto n = static_cast<double>(sample.size());
  const DfTerm term = df_term(df);
  const double by_df = term.first + s[6] / n / 2, by_df2 = term.second + s[7] / n / 2;
  Expansion<3> at;
  at.value = term.value - p[1] - (df + 1) / 2 * s[0] / n;
  at.gradient << s[1] / n / scale, s[2] / n - 1, df * by_df;
  const double mixed_m = df * s[8] / n / scale, mixed_s = df * s[9] / n;
  const double m_s = -s[4] / n / scale;
  at.hessian << -s[3] / n / (scale * scale), m_s, mixed_m, //
      m_s, -s[5] / n, mixed_s,                             //
      mixed_m, mixed_s, df * df * by_df2 + df * by_df;
  return at;
}

/// The best of several df, each with the scale that its quartiles give.
Point<3> start_of(const Sample& sample) {
  const std::size_t n = sample.size();
  const double quartile = (sample.z(3 * n / 4) - sample.z(n / 4)) / 2;
  Point<3> best;
  double most = -std::numeric_limits<double>::infinity();
  for (const double df : {0.6, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0}) {
    const double unit = boost::math::quantile(boost::math::students_t(df), 0.75);
    const Point<3> start(0, std::log(quartile / unit), std::log(df));
    if (const double value = student_at(sample, start).value; value > most) {
      most = value;
      best = start;
    }
  }
  return best;
}

void require_few_ties(const Sample& sample) {
  if (sample.size() < 4)
    throw Error(cat("fit: student: ", sample.size(), " values"), "give at least 4");
  if (const double share = sample.tied_share(); share >= kMostTied)
    throw Error(cat("fit: student: ", 100 * share, " % of the values are equal"),
                "leave these out or choose another law: the likelihood has no maximum");
}

} // namespace

FittedLaw fit_student(const Sample& sample) {
  require_few_ties(sample);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Bounds<3> bounds{{-kInfinity, -kInfinity, std::log(kLeastDf)},
                         {kInfinity, kInfinity, std::log(kGreatestDf)}};
  const auto fit_from = [&](const Sample& data, const Point<3>& start) {
    return maximum<3>([&](const Point<3>& p) { return student_at(data, p); }, start, bounds,
                      "fit: student");
  };
  const Sample thin = sample.thinned(4096);
  const Point<3> best = fit_from(sample, fit_from(thin, start_of(thin)));
  const double location = sample.center() + best[0] * sample.unit();
  const double scale = std::exp(best[1]) * sample.unit();
  const double df = best[2] >= bounds.high[2] ? kGreatestDf : std::exp(best[2]);
  const double log_likelihood = static_cast<double>(sample.size()) * student_at(sample, best).value;
  return {
      {{"location", location}, {"scale", scale}, {"df", df}},
      in_units_of_data(log_likelihood, sample),
      {location, [scale, df](double distance) { return log_tail_student(distance / scale, df); }}};
}

} // namespace residua::stats
