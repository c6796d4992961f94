#include "tests/support/catch.hpp"

#include "engine/stats/random.hpp"
#include "engine/stats/regression.hpp"
#include "engine/stats/ridge.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

Approx nearly(double expected) {
  return Approx(expected).epsilon(1e-10).margin(1e-11);
}

} // namespace

TEST_CASE("ridge regression agrees with scikit-learn", "[stats]") {
  for (const auto& item : regression_golden()["ridge"]) {
    const auto y = item["y"].get<Values>(), weights = values_or_none(item["weights"]);
    const RidgeOptions options{
        .penalty = item["penalty"], .standardize = item["standardize"], .weights = weights};
    const RidgeFit fit = ridge(y, golden_matrix(item["x"]), {}, options);
    for (std::size_t i = 0; i < fit.coefficients.size(); ++i)
      REQUIRE(fit.coefficients[i] == nearly(item["coefficients"][i]));
    CHECK(fit.intercept == nearly(item["intercept"]));
    CHECK(fit.r2 == nearly(item["r2"]));
    CHECK(fit.degrees == nearly(item["degrees"]));
    if (!options.standardize || weights.empty())
      CHECK(fit.q2 == nearly(item["q2"]));
  }
}

TEST_CASE("a small penalty is least squares, a great one the mean", "[stats]") {
  Random random(1);
  RowMatrix x(15, 2);
  Values y;
  for (Eigen::Index i = 0; i < 15; ++i) {
    x.row(i) << random.normal(), random.normal() + 3;
    y.push_back(x(i, 0) - x(i, 1) + random.normal());
  }
  const OlsFit plain = ols(y, x);
  const RidgeFit free = ridge(y, x, {}, {.penalty = 1e-9}),
                 bound = ridge(y, x, {}, {.penalty = 1e12});
  CHECK(free.coefficients[0] == Approx(plain.coefficients[1].estimate).epsilon(1e-8));
  CHECK(free.intercept == Approx(plain.coefficients[0].estimate).epsilon(1e-8));
  CHECK(free.q2 == Approx(plain.q2).epsilon(1e-8));
  CHECK(free.degrees == Approx(2));
  CHECK(std::abs(bound.coefficients[0]) < 1e-9);
  CHECK(bound.r2 == Approx(0).margin(1e-9));
}

TEST_CASE("ridge regression takes what least squares refuses", "[stats]") {
  const RidgeFit twins = ridge(Values{1, 2, 4}, matrix({{1, 1, 5}, {2, 2, 5}, {3, 3, 5}}));
  CHECK(twins.coefficients[0] == Approx(twins.coefficients[1]));
  CHECK(twins.coefficients[2] == 0); // a constant
  const RidgeFit one = ridge(Values{3}, matrix({{2}}));
  CHECK(one.intercept == 3);
  CHECK(one.coefficients[0] == 0);
  CHECK(std::isnan(one.r2));
  CHECK(std::isnan(one.q2));
  const RidgeFit flat =
      ridge(Values(4, 0.1), matrix({{1}, {2}, {3}, {5}}), {}, {.standardize = true});
  CHECK(flat.intercept == 0.1);
  CHECK(std::isnan(flat.r2));
}

TEST_CASE("bad input of ridge regression is refused", "[stats]") {
  const RowMatrix x = matrix({{1}, {2}});
  const Values y{1, 2};
  CHECK(message_of([&] { ridge(y, x, {}, {.penalty = 0}); }) ==
        "ridge: penalty is 0; choose one above 0, or fit without one by ols");
  CHECK_THAT(message_of([&] { ridge(y, x, {}, {.penalty = NAN}); }), Contains("penalty is nan"));
  CHECK_THAT(message_of([&] { ridge(Values{}, RowMatrix(0, 1)); }),
             Contains("ridge: y: 0 values; give at least 1"));
  CHECK_THAT(message_of([&] {
               ridge(Values{1, INFINITY}, x);
             }),
             Contains("ridge: y: value 2 of 2 is inf"));
  CHECK_THAT(message_of([&] { ridge(Values{1}, x); }),
             Contains("ridge: predictors: 2 values where y has 1"));
}
