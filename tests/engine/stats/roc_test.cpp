#include "tests/support/catch.hpp"

#include "engine/stats/random.hpp"
#include "engine/stats/roc.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("the area under the curve agrees with scikit-learn and DeLong's definition", "[stats]") {
  for (const auto& item : regression_golden()["auc"]) {
    const auto scores = item["scores"].get<Values>();
    std::vector<bool> labels;
    for (const int label : item["labels"])
      labels.push_back(label == 1);
    const Roc result = roc(scores, labels);
    CHECK(result.auc.estimate == Approx(item["auc"].get<double>()).epsilon(1e-12));
    CHECK(result.auc.low == Approx(item["low"].get<double>()).epsilon(1e-10));
    CHECK(result.auc.high == Approx(item["high"].get<double>()).epsilon(1e-10));
    const Threshold& best = result.threshold;
    CHECK(best.estimate == item["threshold"].get<double>());
    CHECK(best.sensitivity == Approx(item["sensitivity"].get<double>()));
    CHECK(best.specificity == Approx(item["specificity"].get<double>()));
    CHECK(best.youden == Approx(best.sensitivity + best.specificity - 1));
    CHECK(best.low <= best.estimate);
    CHECK(best.estimate <= best.high);
  }
}

TEST_CASE("the interval of an area holds it at its level", "[stats]") {
  Random random(1);
  const double truth = 0.5 * std::erfc(-1.0 / 2); // of normal scores a unit apart
  int held = 0;
  const int samples = 2000;
  for (int i = 0; i < samples; ++i) {
    Values scores;
    std::vector<bool> labels;
    for (int k = 0; k < 80; ++k) {
      labels.push_back(k % 2 == 0);
      scores.push_back(random.normal() + (labels.back() ? 1 : 0));
    }
    const Effect auc = roc(scores, labels, {.resamples = 1}).auc;
    held += auc.low <= truth && truth <= auc.high;
  }
  CHECK(held >= 0.93 * samples);
  CHECK(held <= 0.97 * samples);
}

TEST_CASE("a curve of few or separated scores has no interval", "[stats]") {
  const Roc two = roc(Values{1, 2}, {false, true});
  CHECK(two.auc.estimate == 1);
  CHECK(two.auc.p == 1);
  CHECK(std::isnan(two.auc.low));
  CHECK(two.threshold.estimate == 2);
  CHECK(std::isnan(two.threshold.low));
  CHECK(
      std::isnan(roc(Values{1, 2, 3, 4, 5, 6}, {false, false, false, true, true, true}).auc.high));
  const Roc flat = roc(Values(6, 0.1), {true, false, true, false, true, false});
  CHECK(flat.auc.estimate == 0.5);
  CHECK(flat.auc.p == 1);
  CHECK(std::isnan(flat.auc.low));
  CHECK(flat.threshold.youden == 0);
}

TEST_CASE("bad input of a curve is refused", "[stats]") {
  CHECK(message_of([] {
          roc(Values{1, 2}, {true, true});
        }) == "auc: 2 positives and 0 negatives; give at least one of each");
  CHECK_THAT(message_of([] { roc(Values{}, {}); }), Contains("auc: 0 positives"));
  CHECK_THAT(message_of([] {
               roc(Values{1}, {true, false});
             }),
             Contains("auc: labels: 2 values where scores has 1"));
  CHECK_THAT(message_of([] {
               roc(Values{1, NAN}, {true, false});
             }),
             Contains("auc: scores: value 2 of 2 is nan"));
}
