#include "tests/support/catch.hpp"

#include "engine/stats/change_points.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

Approx nearly(double expected) {
  return Approx(expected).epsilon(1e-6).margin(1e-6);
}

Values range(int count) {
  Values x;
  for (int i = 0; i < count; ++i)
    x.push_back(i);
  return x;
}

Values noisy(const Values& x, double (*curve)(double), double sd, Random& random) {
  Values y;
  for (const double at : x)
    y.push_back(curve(at) + sd * random.normal());
  return y;
}

double straight(double x) {
  return 3 - 0.1 * x;
}

double bent(double x) {
  return x < 12.3 ? 3 - 0.1 * x : 3 - 0.1 * 12.3 + 0.05 * (x - 12.3);
}

double step(double x) {
  return 2 - 1 / (1 + std::exp(-(x - 20) / 1.5));
}

} // namespace

TEST_CASE("lines, bends and steps agree with searches by scipy", "[stats]") {
  for (const auto& item : regression_golden()["change"]) {
    const auto x = item["x"].get<Values>(), y = item["y"].get<Values>();
    const ChangePoints fit = change_points(x, y, {.resamples = 19});
    CHECK(fit.line.intercept == Approx(item["line"]["intercept"].get<double>()).epsilon(1e-10));
    CHECK(fit.line.slope == Approx(item["line"]["slope"].get<double>()).epsilon(1e-10));
    CHECK(fit.line.squares == Approx(item["line"]["squares"].get<double>()).epsilon(1e-10));
    CHECK(fit.line.bic == nearly(item["bic"]["line"]));
    const auto& two = item["two_segment"];
    CHECK(fit.two_segment.location.estimate == nearly(two["location"]));
    CHECK(fit.two_segment.value == nearly(two["value"]));
    CHECK(fit.two_segment.slope_before == nearly(two["before"]));
    CHECK(fit.two_segment.slope_after == nearly(two["after"]));
    CHECK(fit.two_segment.squares == nearly(two["squares"]));
    CHECK(fit.two_segment.bic == nearly(item["bic"]["two_segment"]));
    if (item["logistic"].is_null())
      continue;
    const auto& logistic = item["logistic"];
    CHECK(fit.logistic.location.estimate == nearly(logistic["location"]));
    CHECK(fit.logistic.width == nearly(logistic["width"]));
    CHECK(fit.logistic.before == nearly(logistic["before"]));
    CHECK(fit.logistic.after == nearly(logistic["after"]));
    CHECK(fit.logistic.squares == nearly(logistic["squares"]));
  }
}

TEST_CASE("the best model is the one that made the curve", "[stats]") {
  Random random(11);
  const Values x = range(40);
  const ChangePoints of_line = change_points(x, noisy(x, straight, 0.1, random), {.resamples = 99});
  CHECK(of_line.best == ChangeModel::line);
  CHECK(of_line.two_segment.p > 0.05);
  const ChangePoints of_bend = change_points(x, noisy(x, bent, 0.1, random), {.resamples = 99});
  CHECK(of_bend.best == ChangeModel::two_segment);
  CHECK(of_bend.two_segment.p == 0.01);
  CHECK(of_bend.two_segment.location.low < 12.3);
  CHECK(of_bend.two_segment.location.high > 12.3);
  const ChangePoints of_step = change_points(x, noisy(x, step, 0.1, random), {.resamples = 99});
  CHECK(of_step.best == ChangeModel::logistic);
  CHECK(of_step.logistic.p == 0.01);
  CHECK(of_step.logistic.location.estimate == Approx(20).margin(1));
  CHECK(of_step.logistic.before == Approx(2).margin(0.15));
  CHECK(of_step.logistic.after == Approx(1).margin(0.15));
}

TEST_CASE("a bend lies in its interval at the level, a line is rejected at its own", "[stats]") {
  Random random(2);
  const Values x = range(16);
  int held = 0, rejected = 0;
  const int samples = 200;
  for (int i = 0; i < samples; ++i) {
    const auto seed = static_cast<uint64_t>(i);
    const Interval location = change_points(range(24), noisy(range(24), bent, 0.05, random),
                                            {.resamples = 99, .seed = seed})
                                  .two_segment.location;
    held += location.low <= 12.3 && 12.3 <= location.high;
    rejected += change_points(x, noisy(x, straight, 1, random), {.resamples = 19, .seed = seed})
                    .two_segment.p <= 0.05;
  }
  CHECK(held >= 0.91 * samples); // 3 standard errors of 200 samples are 0.046
  CHECK(held <= 0.99 * samples);
  CHECK(rejected <= 0.10 * samples);
  CHECK(rejected >= 0.01 * samples);
}

TEST_CASE("change points keep the units of x and y", "[stats]") {
  Random random(3);
  const Values x = range(20), y = noisy(x, bent, 0.1, random);
  Values moved_x, moved_y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    moved_x.push_back(1000 + 4 * x[i]);
    moved_y.push_back(-7 + 100 * y[i]);
  }
  const ChangePoints fit = change_points(x, y, {.resamples = 9});
  const ChangePoints moved = change_points(moved_x, moved_y, {.resamples = 9});
  CHECK(moved.best == fit.best);
  CHECK(moved.two_segment.location.estimate ==
        Approx(1000 + 4 * fit.two_segment.location.estimate));
  CHECK(moved.two_segment.slope_after == Approx(25 * fit.two_segment.slope_after));
  CHECK(moved.logistic.after == Approx(-7 + 100 * fit.logistic.after).epsilon(1e-5));
  CHECK(moved.line.bic - moved.two_segment.bic ==
        Approx(fit.line.bic - fit.two_segment.bic).epsilon(1e-8));
}

TEST_CASE("points of equal x count as one", "[stats]") {
  const Values x{0, 1, 2, 3, 4, 5, 6, 6}, y{0, 1, 2, 3, 5, 7, 8, 10};
  const ChangePoints fit = change_points(x, y, {.resamples = 9});
  CHECK(fit.n == 7);
  const ChangePoints single =
      change_points(range(7), Values{0, 1, 2, 3, 5, 7, 9}, {.resamples = 9});
  CHECK(fit.two_segment.squares == single.two_segment.squares);
  CHECK(fit.two_segment.location.estimate == Approx(3).margin(1e-6));
}

TEST_CASE("exact lines and constants have no change", "[stats]") {
  for (const Values& y : {Values{1, 2, 3, 4, 5, 6, 7}, Values(7, 0.1)}) {
    const ChangePoints fit = change_points(range(7), y, {.resamples = 9});
    CHECK(fit.best == ChangeModel::line);
    CHECK(fit.two_segment.p == 1);
    CHECK(fit.logistic.p == 1);
    CHECK(std::isfinite(fit.line.bic));
  }
}

TEST_CASE("bad input of change points is refused", "[stats]") {
  CHECK(message_of([] {
          change_points(Values{1, 2}, Values{1, 2});
        }) == "change_points: 2 distinct x; give 6 to 10000");
  CHECK_THAT(message_of([] { change_points(Values{}, Values{}); }), Contains("0 distinct x"));
  CHECK_THAT(message_of([] { change_points(Values(9, 1), Values(9, 2)); }),
             Contains("1 distinct x"));
  CHECK_THAT(message_of([] {
               change_points(range(6), Values{1, 2});
             }),
             Contains("change_points: y: 2 values where x has 6"));
  CHECK_THAT(message_of([] {
               change_points(range(6), Values{1, 2, NAN, 4, 5, 6});
             }),
             Contains("change_points: y: value 3 of 6 is nan"));
  CHECK_THAT(message_of([] { change_points(range(6), range(6), {.resamples = 0}); }),
             Contains("change_points: resamples is 0"));
  CHECK_THAT(message_of([] {
               change_points(Values{0, 1, 2, 3, 4, 1e12, 2e12}, range(7));
             }),
             Contains("two x are closer than 1e-09 of half their range; give them as one"));
}
