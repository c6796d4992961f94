#include "tests/support/catch.hpp"

#include "engine/stats/curve_fit.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>
#include <map>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;
using Row = std::span<const double>;

namespace {

double decay(Row x, Row p) {
  return p[0] * std::exp(-p[1] * x[0]) + p[2];
}

double power(Row x, Row p) {
  return p[0] * std::pow(x[0], p[1]);
}

double line(Row x, Row p) {
  return p[0] + p[1] * x[0];
}

RowMatrix column(const Values& values) {
  return as_column(values);
}

} // namespace

TEST_CASE("curve fits agree with scipy", "[stats]") {
  const std::map<std::string, Curve> curves{{"decay", decay}, {"power", power}};
  for (const auto& item : regression_golden()["curves"]) {
    const auto y = item["y"].get<Values>(), weights = values_or_none(item["weights"]);
    const CurveFit fit = curve_fit(curves.at(item["name"]), column(item["x"].get<Values>()), y,
                                   item["start"].get<Values>(), {.weights = weights});
    INFO(item["name"]);
    for (std::size_t i = 0; i < fit.params.size(); ++i) {
      CHECK(fit.params[i].estimate == Approx(item["params"][i].get<double>()).epsilon(1e-6));
      CHECK(fit.params[i].low < fit.params[i].estimate);
      for (std::size_t j = 0; j < fit.params.size(); ++j)
        CHECK(fit.covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) ==
              Approx(item["covariance"][i][j].get<double>()).epsilon(1e-6));
    }
    CHECK(fit.degrees == static_cast<int64_t>(y.size() - fit.params.size()));
  }
}

TEST_CASE("the intervals of a curve hold its params at their level", "[stats]") {
  Random random(1);
  RowMatrix x(20, 1);
  for (Eigen::Index i = 0; i < 20; ++i)
    x(i, 0) = 0.2 * static_cast<double>(i);
  int held = 0;
  const int samples = 1000;
  for (int i = 0; i < samples; ++i) {
    Values y;
    for (Eigen::Index k = 0; k < 20; ++k)
      y.push_back(decay(Row(&x(k, 0), 1), Values{2, 1, 0.5}) + 0.05 * random.normal());
    const CurveParam rate = curve_fit(decay, x, y, Values{1.5, 1.5, 0}).params[1];
    held += rate.low <= 1 && 1 <= rate.high;
  }
  CHECK(held >= 0.93 * samples);
  CHECK(held <= 0.97 * samples);
}

TEST_CASE("curves of several columns and exact curves are fitted", "[stats]") {
  const RowMatrix x = matrix({{0, 1}, {1, 2}, {2, 0}, {3, 5}, {4, 1}});
  const auto curve = [](Row row, Row p) { return p[0] * row[0] + std::exp(p[1] * row[1]); };
  Values y;
  for (Eigen::Index i = 0; i < 5; ++i)
    y.push_back(curve(Row(&x(i, 0), 2), Values{3, -0.5}));
  const CurveFit fit = curve_fit(curve, x, y, Values{0, 0});
  CHECK(fit.params[0].estimate == Approx(3));
  CHECK(fit.params[1].estimate == Approx(-0.5));
  CHECK(fit.residual_sd < 1e-9);
  CHECK(fit.r2 == Approx(1));
  CHECK(curve_fit(curve, x, y, Values{3, -0.5}).params[0].estimate == 3);
}

TEST_CASE("as many points as params leave no interval", "[stats]") {
  const CurveFit fit = curve_fit(line, column({0, 1}), Values{1, 3}, Values{0, 0});
  CHECK(fit.params[1].estimate == Approx(2));
  CHECK(std::isnan(fit.params[1].low));
  CHECK(std::isnan(fit.residual_sd));
  const CurveFit flat = curve_fit(line, column({0, 1, 2}), Values(3, 0.1), Values{1, 1});
  CHECK(flat.params[0].estimate == Approx(0.1));
  CHECK(std::isnan(flat.r2));
}

TEST_CASE("a curve that is undefined for some params is kept off them", "[stats]") {
  const auto root = [](Row x, Row p) { return std::sqrt(p[0]) * x[0]; };
  const CurveFit fit = curve_fit(root, column({1, 2, 3}), Values{0.1, 0.21, 0.3}, Values{50});
  CHECK(std::sqrt(fit.params[0].estimate) == Approx(1.42 / 14)); // x'y / x'x
}

TEST_CASE("fits that fail say why", "[stats]") {
  const RowMatrix x = column({1, 2, 3, 4});
  const Values y{1, 2, 3, 5};
  const auto message = [&](const Curve& curve, const Values& start) {
    return message_of([&] { curve_fit(curve, x, y, start); });
  };
  CHECK(message([](Row, Row p) { return std::exp(p[0]); }, {1000}) ==
        "curve_fit: the curve is inf at point 1 for the start; start where it is finite at all "
        "points");
  CHECK(message([](Row row, Row p) { return p[0] * row[0]; }, {1, 1}) ==
        "curve_fit: the data do not determine param 2; fix it, start elsewhere, or choose a curve "
        "with fewer params");
  CHECK_THAT(message([](Row row, Row p) { return (p[0] + p[1]) * row[0]; }, {1, 1}),
             Contains("the data do not determine param 2 beside those before it"));
  CHECK(message_of([&] {
          curve_fit(power, x, y, Values{100, -8}, {.evaluations = 5});
        }) ==
        "curve_fit: no optimum within 5 evaluations; start nearer to it, or bring the params to "
        "like scales");
}

TEST_CASE("bad input of a curve fit is refused", "[stats]") {
  const RowMatrix x = column({1, 2});
  CHECK_THAT(message_of([&] {
               curve_fit(line, x, Values{1, 2}, Values{});
             }),
             Contains("curve_fit: start: 0 values; give at least 1"));
  CHECK(message_of([&] {
          curve_fit(decay, x, Values{1, 2}, Values{1, 1, 1});
        }) == "curve_fit: 2 points for 3 params; give at least 3 points");
  CHECK_THAT(message_of([&] {
               curve_fit(line, x, Values{1, NAN}, Values{1, 1});
             }),
             Contains("curve_fit: y: value 2 of 2 is nan"));
  CHECK_THAT(message_of([&] { curve_fit(line, x, Values{1}, Values{1}); }),
             Contains("curve_fit: predictors: 2 values where y has 1"));
  CHECK_THAT(message_of([&] {
               curve_fit(line, x, Values{1, 2}, Values{1, INFINITY});
             }),
             Contains("curve_fit: start: value 2 of 2 is inf"));
  CHECK_THAT(message_of([&] {
               curve_fit(line, x, Values{1, 2}, Values{1, 1}, {.weights = Values{1, -1}});
             }),
             Contains("curve_fit: weight 2 is -1"));
}
