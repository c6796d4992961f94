#include "tests/support/catch.hpp"

#include "engine/stats/random.hpp"
#include "engine/stats/two_sample.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("differences of means have scipy's exact p", "[stats]") {
  for (const auto& item : regression_golden()["split"]) {
    const auto a = item["a"].get<Values>(), b = item["b"].get<Values>();
    const Effect effect = difference(a, b), turned = difference(b, a);
    CHECK(effect.estimate == Approx(item["difference"].get<double>()).epsilon(1e-12));
    CHECK(effect.p == Approx(item["p"].get<double>()).epsilon(1e-12));
    CHECK(turned.p == effect.p);
    CHECK(turned.estimate == Approx(-effect.estimate));
    CHECK(effect.n == static_cast<int64_t>(a.size() + b.size()));
  }
}

TEST_CASE("intervals and p of a difference have their levels", "[stats]") {
  Random random(1);
  int held = 0, rejected = 0;
  const int samples = 600;
  for (int i = 0; i < samples; ++i) {
    Values a, b;
    for (int k = 0; k < 60; ++k)
      a.push_back(random.normal());
    for (int k = 0; k < 50; ++k)
      b.push_back(random.normal());
    const Effect effect =
        difference(a, b, {.resamples = 300, .flips = 79, .seed = static_cast<uint64_t>(i)});
    held += effect.low <= 0 && 0 <= effect.high;
    rejected += effect.p <= 0.05;
  }
  CHECK(held >= 0.93 * samples);
  CHECK(held <= 0.97 * samples);
  CHECK(rejected >= 0.03 * samples);
  CHECK(rejected <= 0.07 * samples);
}

TEST_CASE("a difference of few or constant values is defined", "[stats]") {
  const Effect one = difference(Values{3}, Values{1});
  CHECK(one.estimate == 2);
  CHECK(one.p == 1);
  CHECK(std::isnan(one.low));
  CHECK(std::isnan(difference(Values{1, 2}, Values{1, 2, 3, 4}).high));
  const Effect flat = difference(Values(5, 0.1), Values(7, 0.1));
  CHECK(flat.estimate == 0);
  CHECK(flat.low == 0);
  CHECK(flat.high == 0);
  CHECK(flat.p == 1);
  CHECK(difference(Values(4, 1.0), Values(4, 0.0)).p == Approx(2.0 / 70));
  const Values many(30, 1), none(30, 0);
  CHECK(difference(many, none).p == Approx(1.0 / 10000));
}

TEST_CASE("bad input of a difference is refused", "[stats]") {
  CHECK(message_of([] { difference(Values{}, Values{1}); }) ==
        "difference: a: 0 values; give at least 1");
  CHECK_THAT(message_of([] {
               difference(Values{1}, Values{1, NAN});
             }),
             Contains("difference: b: value 2 of 2 is nan"));
  CHECK_THAT(message_of([] { difference(Values{1}, Values{1}, {.level = 0}); }),
             Contains("difference: level is 0"));
}
