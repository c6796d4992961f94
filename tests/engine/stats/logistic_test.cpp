#include "tests/support/catch.hpp"

#include "engine/stats/logistic.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;
using Labels = std::vector<int64_t>;

TEST_CASE("logistic regression agrees with scikit-learn and statsmodels", "[stats]") {
  for (const auto& item : regression_golden()["logistic"]) {
    const auto labels = item["labels"].get<Labels>();
    const auto weights = values_or_none(item["weights"]);
    const RowMatrix x = golden_matrix(item["x"]), expected = golden_matrix(item["coefficients"]);
    const LogisticModel model =
        logistic(labels, x, {}, {.penalty = item["penalty"], .weights = weights});
    INFO("penalty " << item["penalty"] << ", " << model.classes << " classes");
    REQUIRE(model.coefficients.rows() == expected.rows());
    for (Eigen::Index i = 0; i < expected.rows(); ++i) {
      for (Eigen::Index j = 0; j < expected.cols(); ++j)
        CHECK(model.coefficients(i, j) == Approx(expected(i, j)).epsilon(1e-6).margin(1e-8));
      CHECK(model.intercepts[i] ==
            Approx(item["intercepts"][static_cast<std::size_t>(i)].get<double>())
                .epsilon(1e-6)
                .margin(1e-8));
    }
    CHECK(model.log_loss == Approx(item["log_loss"].get<double>()).epsilon(1e-8));
    CHECK(accuracy(model, x, labels) == Approx(item["accuracy"].get<double>()));
    if (weights.empty())
      CHECK(log_loss(model, x, labels) == Approx(model.log_loss).epsilon(1e-10));
    const RowMatrix p = probabilities(model, x);
    for (Eigen::Index k = 0; k < p.cols(); ++k)
      CHECK(p(0, k) ==
            Approx(item["first"][static_cast<std::size_t>(k)].get<double>()).epsilon(1e-6));
    CHECK((p.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-12);
  }
}

TEST_CASE("a probe reads what lies in many features", "[stats]") {
  Random random(1);
  const auto sample = [&](RowMatrix& x, Labels& labels) {
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      labels.push_back(static_cast<int64_t>(random.below(3)));
      for (Eigen::Index j = 0; j < x.cols(); ++j)
        x(i, j) = random.normal() + (j == labels.back() ? 3 : 0);
    }
  };
  RowMatrix x(120, 200), held_out(120, 200);
  Labels labels, held_out_labels;
  sample(x, labels);
  sample(held_out, held_out_labels);
  const LogisticModel model = logistic(labels, x, {}, {.penalty = 10});
  CHECK(accuracy(model, x, labels) == 1);
  CHECK(accuracy(model, held_out, held_out_labels) > 0.8);
  CHECK(log_loss(model, held_out, held_out_labels) > model.log_loss);
  CHECK(log_loss(model, held_out, held_out_labels) < std::log(3));
}

TEST_CASE("standardising makes a probe free of units", "[stats]") {
  Random random(2);
  RowMatrix x(40, 2);
  Labels labels;
  for (Eigen::Index i = 0; i < 40; ++i) {
    x.row(i) << random.normal(), random.normal();
    labels.push_back(x(i, 0) + random.normal() > 0);
  }
  RowMatrix scaled = x;
  scaled.col(1) = 1e4 * x.col(1).array() + 7;
  const auto fit = [&](const RowMatrix& values) {
    return probabilities(logistic(labels, values, {}, {.standardize = true}), values);
  };
  CHECK((fit(x) - fit(scaled)).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("separable classes need a penalty", "[stats]") {
  const RowMatrix x = matrix({{1}, {2}, {3}, {4}});
  const Labels labels{0, 0, 1, 1};
  CHECK(message_of([&] { logistic(labels, x, {}, {.penalty = 0}); }) ==
        "logistic: no optimum within 30 steps; the predictors separate the classes: give a penalty "
        "above 0");
  CHECK(accuracy(logistic(labels, x), x, labels) == 1);
  const LogisticModel far = logistic(labels, x, {}, {.penalty = 1e-6});
  CHECK(far.coefficients(0, 0) > 5);
  const LogisticModel two = logistic(Labels{1, 0}, matrix({{1}, {2}}));
  CHECK(two.intercepts[0] == Approx(-1.5 * two.coefficients(0, 0)));
}

TEST_CASE("constant predictors tell nothing", "[stats]") {
  const LogisticModel model = logistic(Labels{0, 1, 1, 1}, matrix({{5}, {5}, {5}, {5}}));
  CHECK(model.coefficients(0, 0) == 0);
  CHECK(model.intercepts[0] == Approx(std::log(3)));
  CHECK_THAT(message_of([&] {
               logistic(Labels{0, 1, 1, 1}, matrix({{5}, {5}, {5}, {5}}), {}, {.penalty = 0});
             }),
             Contains("logistic: x1 is constant"));
}

TEST_CASE("bad input of logistic regression is refused", "[stats]") {
  const RowMatrix x = matrix({{1}, {2}, {4}});
  const auto message = [&](const Labels& labels) {
    return message_of([&] { logistic(labels, x); });
  };
  CHECK(message({0, 0, 0}) == "logistic: 3 items of 1 classes; give items of at least 2 classes");
  CHECK(message({0, 2, 2}) ==
        "logistic: no item has label 1; number the classes from 0 without gaps");
  CHECK(message({0, 1, 7}) == "logistic: label 3 is 7; number the classes from 0 without gaps");
  CHECK_THAT(message({0, 1, -1}), Contains("label 3 is -1"));
  CHECK_THAT(message({0, 1}), Contains("logistic: predictors: 3 values where y has 2"));
  CHECK_THAT(message_of([&] { logistic(Labels{}, RowMatrix(0, 1)); }), Contains("0 items"));
  CHECK_THAT(message_of([&] {
               logistic(Labels{0, 1, 1}, x, {}, {.penalty = -1});
             }),
             Contains("logistic: penalty is -1; choose 0 or more"));
  CHECK_THAT(message_of([&] {
               logistic(Labels{0, 1, 1}, matrix({{1}, {NAN}, {2}}));
             }),
             Contains("logistic: x1: value 2 of 3 is nan"));
  const LogisticModel model = logistic(Labels{0, 1, 1}, x);
  CHECK_THAT(message_of([&] {
               predicted(model, matrix({{1, 2}}));
             }),
             Contains("logistic: 2 predictors for a model of 1"));
  CHECK_THAT(message_of([&] {
               accuracy(model, x, Labels{0, 1, 2});
             }),
             Contains("logistic: label 3 is 2; the model has 2 classes, from 0"));
}
