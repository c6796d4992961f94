#include "tests/support/catch.hpp"

#include "engine/stats/random.hpp"
#include "engine/stats/regression.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

Approx nearly(double expected) {
  return Approx(expected).epsilon(1e-10).margin(1e-12);
}

} // namespace

TEST_CASE("least squares agree with statsmodels", "[stats]") {
  for (const auto& item : regression_golden()["ols"]) {
    const auto y = item["y"].get<Values>(), weights = values_or_none(item["weights"]);
    OlsOptions options{.level = 0.9, .intercept = item["intercept"], .weights = weights};
    const OlsFit fit = ols(y, golden_matrix(item["x"]), {}, options);
    for (std::size_t i = 0; i < fit.coefficients.size(); ++i) {
      const Coefficient& c = fit.coefficients[i];
      INFO(c.name);
      CHECK(c.estimate == nearly(item["estimate"][i]));
      CHECK(c.standard_error == nearly(item["error"][i]));
      CHECK(c.low == nearly(item["interval"][i][0]));
      CHECK(c.high == nearly(item["interval"][i][1]));
      CHECK(c.p == nearly(item["p"][i]));
    }
    CHECK(fit.coefficients.size() == item["estimate"].size());
    CHECK(fit.r2 == nearly(item["r2"]));
    CHECK(fit.adjusted_r2 == nearly(item["adjusted_r2"]));
    CHECK(fit.q2 == nearly(item["q2"]));
    CHECK(fit.residual_sd == nearly(item["sd"]));
    for (std::size_t i = 0; i < y.size(); ++i) {
      REQUIRE(fit.residuals[i] == nearly(item["residuals"][i]).margin(1e-11));
      REQUIRE(fit.leverage[i] == nearly(item["leverage"][i]));
    }
  }
}

TEST_CASE("the interval of a slope holds it at its level", "[stats]") {
  Random random(5);
  int held = 0;
  const int samples = 2000;
  for (int i = 0; i < samples; ++i) {
    RowMatrix x(12, 2);
    Values y;
    for (Eigen::Index row = 0; row < 12; ++row) {
      x(row, 0) = random.normal();
      x(row, 1) = random.normal() + x(row, 0);
      y.push_back(1 + 2 * x(row, 0) - x(row, 1) + 3 * random.normal());
    }
    const Coefficient slope = ols(y, x).coefficients[1];
    held += slope.low <= 2 && 2 <= slope.high;
  }
  CHECK(held >= 0.93 * samples);
  CHECK(held <= 0.97 * samples);
}

TEST_CASE("weights count items as often, up to the residual variance", "[stats]") {
  Random random(6);
  Values y, weights, y_repeated;
  std::vector<Values> x, x_repeated;
  for (int i = 0; i < 10; ++i) {
    x.push_back({random.normal(), random.normal()});
    y.push_back(random.normal());
    weights.push_back(static_cast<double>(1 + random.below(3)));
    for (int k = 0; k < weights.back(); ++k) {
      x_repeated.push_back(x.back());
      y_repeated.push_back(y.back());
    }
  }
  const OlsFit weighted = ols(y, matrix(x), {}, {.weights = weights});
  const OlsFit repeated = ols(y_repeated, matrix(x_repeated));
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(weighted.coefficients[i].estimate == nearly(repeated.coefficients[i].estimate));
  CHECK(weighted.r2 == nearly(repeated.r2));
}

TEST_CASE("an offset of the predictors changes the intercept only", "[stats]") {
  Random random(7);
  RowMatrix x(20, 2);
  Values y;
  for (Eigen::Index i = 0; i < 20; ++i) {
    x.row(i) << random.normal(), random.normal();
    y.push_back(x(i, 0) + random.normal());
  }
  const OlsFit fit = ols(y, x), moved = ols(y, x.array() + 1024 * 1024);
  for (std::size_t i = 1; i < 3; ++i) { // the shift rounds x by 1e-10
    CHECK(moved.coefficients[i].estimate == Approx(fit.coefficients[i].estimate).epsilon(1e-8));
    CHECK(moved.coefficients[i].standard_error ==
          Approx(fit.coefficients[i].standard_error).epsilon(1e-8));
  }
  CHECK(moved.q2 == Approx(fit.q2).epsilon(1e-8));
}

TEST_CASE("few items and constant y leave what can be said", "[stats]") {
  const OlsFit two = ols(Values{1, 3}, matrix({{0}, {1}}));
  CHECK(two.coefficients[0].estimate == Approx(1));
  CHECK(two.coefficients[1].estimate == Approx(2));
  CHECK(two.degrees == 0);
  CHECK(std::isnan(two.coefficients[1].low));
  CHECK(std::isnan(two.coefficients[1].p));
  CHECK(std::isnan(two.adjusted_r2));
  CHECK(std::isnan(two.q2));
  CHECK(two.r2 == Approx(1));

  const OlsFit flat = ols(Values(5, 0.1), matrix({{1}, {2}, {4}, {8}, {9}}));
  CHECK(flat.coefficients[0].estimate == 0.1);
  CHECK(flat.coefficients[1].estimate == 0);
  CHECK(std::isnan(flat.r2));
  CHECK(std::isnan(flat.q2));

  const OlsFit alone = ols(Values{1, 2, 3, 9}, matrix({{0}, {0}, {0}, {1}}));
  CHECK(alone.leverage[3] == Approx(1)); // no fit without it
  CHECK(std::isnan(alone.q2));
}

TEST_CASE("predictors that depend on each other are named", "[stats]") {
  const std::vector<std::string> names{"size", "depth", "width"};
  RowMatrix x = matrix({{1, 5, 0}, {2, 7, 0}, {3, 4, 0}, {5, 1, 0}, {9, 2, 0}});
  const Values y{1, 2, 3, 4, 5};
  CHECK(message_of([&] { ols(y, x, names); }) == "ols: width is constant; leave it out");
  CHECK(message_of([&] { ols(y, x, names, {.intercept = false}); }) ==
        "ols: width is zero; leave it out");
  x.col(2) = 2 * x.col(0) - 0.3 * x.col(1);
  CHECK(message_of([&] { ols(y, x, names); }) ==
        "ols: width is a linear combination of the predictors before it; leave it out");
  x.col(2) = x.col(1).array() + 1e6;
  CHECK_THAT(message_of([&] { ols(y, x, names); }), Contains("width is a linear combination"));
  CHECK_NOTHROW(ols(y, x, names, {.intercept = false}));
  CHECK_THAT(message_of([&] { ols(y, x.leftCols(1).replicate(1, 2)); }),
             Contains("ols: x2 is a linear combination"));
}

TEST_CASE("bad input of a regression is refused by name", "[stats]") {
  const RowMatrix x = matrix({{1}, {2}, {4}});
  const Values y{1, 2, 3};
  CHECK(message_of([&] {
          ols(Values{1, NAN, 3}, x);
        }) == "ols: y: value 2 of 3 is nan; leave it out, or find out why it is not finite");
  CHECK(message_of([&] {
          ols(y, matrix({{1}, {INFINITY}, {4}}));
        }) == "ols: x1: value 2 of 3 is inf; leave it out, or find out why it is not finite");
  CHECK(message_of([&] {
          ols(y, matrix({{1}, {1e200}, {4}}));
        }) == "ols: x1: value 2 of 3 is 1e+200; rescale it below 1e100");
  CHECK(message_of([&] {
          ols(Values{1, 2}, x);
        }) == "ols: predictors: 3 values where y has 2; give as many of each");
  CHECK(message_of([&] { ols(Values{1}, matrix({{1}})); }) ==
        "ols: 1 values for 2 coefficients; give at least 2");
  CHECK(message_of([&] { ols(Values{}, RowMatrix(0, 1)); }) ==
        "ols: 0 values for 2 coefficients; give at least 2");
  CHECK(message_of([&] { ols(y, RowMatrix(3, 0)); }) == "ols: no predictors; give at least 1");
  CHECK(message_of([&] { ols(y, x, {}, {.level = 1}); }) ==
        "ols: level is 1; choose one between 0 and 1, such as 0.95");
  CHECK_THAT(message_of([&] {
               ols(y, x, {}, {.weights = Values{1, 0, 1}});
             }),
             Contains("ols: weight 2 is 0"));
  CHECK_THAT(message_of([&] {
               ols(y, x, {}, {.weights = Values{1, 1}});
             }),
             Contains("ols: weights: 2 values where the data has 3"));
}
