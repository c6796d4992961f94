#include "tests/support/catch.hpp"
#include "tests/support/message.hpp"

#include "engine/stats/histogram.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden_fits.hpp"

#include <cmath>
#include <numeric>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("counts and edges are numpy's", "[stats]") {
  for (const auto& entry : golden_fits()["histograms"]) {
    Histogram histogram(entry["low"], entry["high"], entry["bins"]);
    histogram.add(entry["values"].get<Values>(), entry["weights"].get<Values>());
    CHECK(histogram.counts() == entry["counts"].get<Values>());
    CHECK(histogram.edges() == entry["edges"].get<Values>());
  }
}

TEST_CASE("what lies outside counts as under and over", "[stats]") {
  Histogram histogram(0, 1, 2);
  histogram.add(Values{-5, 0, 0.5, 1, 1.5, 2});
  CHECK(histogram.under() == 1);
  CHECK(histogram.over() == 2);
  CHECK(histogram.counts() == Values{1, 2});
  CHECK(histogram.count() == 6);
  CHECK(histogram.density() == Values{1.0 / 6 / 0.5, 2.0 / 6 / 0.5});
}

TEST_CASE("any split of the data merges to the same histogram", "[stats]") {
  Random random(1);
  std::vector<float> values(5000);
  for (float& value : values)
    value = static_cast<float>(random.normal());
  Histogram whole(-2, 2, 37);
  whole.add(std::span<const float>(values));
  for (int round = 0; round < 50; ++round) {
    std::vector<Histogram> parts(1 + random.below(8), Histogram(-2, 2, 37));
    for (const float value : values)
      parts[random.below(parts.size())].add(value);
    Histogram merged(-2, 2, 37);
    for (const Histogram& part : parts)
      merged.merge(part);
    REQUIRE(merged == whole);
  }
}

TEST_CASE("histograms that cannot be are refused", "[stats]") {
  CHECK_THAT(message_of([] { Histogram(1, 1, 3); }),
             Contains("low is 1, high is 1; choose finite"));
  CHECK_THAT(message_of([] { Histogram(0, INFINITY, 3); }), Contains("high is inf"));
  CHECK_THAT(message_of([] { Histogram(NAN, 1, 3); }), Contains("low is nan"));
  CHECK_THAT(message_of([] { Histogram(0, 1, 0); }), Contains("0 bins; choose 1 to 10000000"));
  CHECK_THAT(message_of([] { Histogram(1, 1 + 1e-12, 1000000); }), Contains("too narrow"));
  Histogram histogram(0, 1, 2);
  CHECK(histogram.counts() == Values{0, 0});
  CHECK_THAT(message_of([&] { histogram.density(); }), Contains("density of no values; add some"));
  CHECK_THAT(message_of([&] { histogram.add(Values{1, NAN}); }), Contains("value 2 of 2 is nan"));
  CHECK_THAT(message_of([&] { histogram.add(1, NAN); }), Contains("weight 1 of 1 is nan"));
  CHECK_THAT(message_of([&] { histogram.merge(Histogram(0, 1, 3)); }),
             Contains("merge of 2 bins from 0 to 1 with 3 bins from 0 to 1; build both"));
  CHECK(histogram == Histogram(0, 1, 2));
}
