#include "tests/support/catch.hpp"
#include "tests/support/message.hpp"

#include "engine/stats/quantile_sketch.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden_fits.hpp"

#include <algorithm>
#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

/// Both signs, zeros, ties, and 40 orders of magnitude.
Values wild(std::size_t n, uint64_t seed) {
  Random random(seed);
  Values values;
  for (std::size_t i = 0; i < n; ++i) {
    const double value = std::exp(10 * random.normal()) * (random.below(3) == 0 ? -1 : 1);
    values.push_back(random.below(20) == 0 ? 0 : value);
    if (random.below(10) == 0)
      values.push_back(values.front());
  }
  return values;
}

QuantileSketch sketch_of(std::span<const double> values, double error = 0.005) {
  QuantileSketch sketch(error);
  sketch.add(values);
  return sketch;
}

bool within(double own, double exact, double error) {
  return std::abs(own - exact) <= error * std::abs(exact) * (1 + 1e-9);
}

} // namespace

TEST_CASE("quantiles keep their bound beside numpy's", "[stats]") {
  for (const auto& entry : golden_fits()["quantiles"]) {
    const auto values = entry["values"].get<Values>(), weights = entry["weights"].get<Values>();
    QuantileSketch weighted;
    weighted.add(values, weights);
    const QuantileSketch plain = sketch_of(values);
    for (std::size_t i = 0; i < entry["q"].size(); ++i) {
      const double q = entry["q"][i];
      INFO("q " << q);
      CHECK(within(plain.quantile(q), entry["plain"][i], 0.005));
      CHECK(within(weighted.quantile(q), entry["weighted"][i], 0.005));
    }
  }
}

TEST_CASE("every quantile of wild data keeps every bound", "[stats]") {
  Values values = wild(3000, 1);
  for (const double error : {0.0001, 0.005, 0.1, 0.5}) {
    const QuantileSketch sketch = sketch_of(values, error);
    std::sort(values.begin(), values.end());
    const auto n = static_cast<double>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      REQUIRE(within(sketch.quantile((static_cast<double>(i) + 0.5) / n), values[i], error));
    CHECK(sketch.quantile(0) == values.front());
    CHECK(sketch.quantile(1) == values.back());
  }
}

TEST_CASE("ranks are exact for a value within a bin's width", "[stats]") {
  Values values = wild(1000, 2);
  const QuantileSketch sketch = sketch_of(values);
  std::sort(values.begin(), values.end());
  const auto exact = [&](double x) {
    return static_cast<double>(std::upper_bound(values.begin(), values.end(), x) - values.begin());
  };
  const double width = 2 * 0.005 / 0.995 * (1 + 1e-9);
  for (const double x : values) {
    REQUIRE(sketch.rank(x) >= exact(x - width * std::abs(x)));
    REQUIRE(sketch.rank(x) <= exact(x + width * std::abs(x)));
  }
  CHECK(sketch.rank(0) == exact(0));
  CHECK(sketch.cdf(values.back()) == 1);
  CHECK(sketch.cdf(std::nextafter(values.front(), -INFINITY)) == 0);
}

TEST_CASE("any split, streamed and merged, gives the same sketch", "[stats]") {
  const Values values = wild(4000, 3);
  const QuantileSketch whole = sketch_of(values);
  QuantileSketch streamed;
  for (const double value : values)
    streamed.add(value);
  CHECK(streamed == whole);
  Random random(4);
  for (int round = 0; round < 100; ++round) {
    std::vector<QuantileSketch> parts(1 + random.below(10));
    for (std::size_t from = 0; from < values.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random.below(1500), values.size() - from);
      parts[random.below(parts.size())].add(std::span(values).subspan(from, size));
      from += size;
    }
    QuantileSketch merged;
    for (const QuantileSketch& part : parts)
      merged.merge(part);
    REQUIRE(merged == whole);
  }
}

TEST_CASE("whole weights count like repeated values, and 0 like none", "[stats]") {
  QuantileSketch weighted;
  weighted.add(Values{-2, 0, 5, 100}, Values{2, 1, 3, 0});
  CHECK(weighted == sketch_of(Values{-2, -2, 0, 5, 5, 5}));
}

TEST_CASE("the ends of the range of doubles and floats are held", "[stats]") {
  const double least = std::numeric_limits<double>::min(),
               most = std::numeric_limits<double>::max();
  const QuantileSketch sketch = sketch_of(Values{least, most, -most, -least, 1});
  CHECK(within(sketch.quantile(0.4), -least, 0.005));
  CHECK(within(sketch.quantile(0.7), 1, 0.005));
  CHECK(sketch.quantile(1) == most);
  QuantileSketch floats;
  floats.add(std::vector<float>{1e-45F, 3.4e38F, 3.4e38F});
  CHECK(within(floats.quantile(0.5), 3.4e38, 0.006));
}

TEST_CASE("few values have quantiles, none and wrong ones have errors", "[stats]") {
  CHECK(sketch_of(Values{7}).quantile(0.3) == 7);
  CHECK(sketch_of(Values(50, 0.1)).quantile(0.9) == 0.1); // the extremes clamp
  CHECK(sketch_of(Values{3, 9}).quantile(0.5) == Approx(3).epsilon(0.005));
  QuantileSketch sketch;
  CHECK(sketch.count() == 0);
  CHECK(sketch.min() == INFINITY);
  CHECK(sketch.rank(3) == 0);
  CHECK(message_of([&] { sketch.quantile(0.5); }) ==
        "QuantileSketch: quantile of no values; add some first");
  CHECK_THAT(message_of([&] { sketch.cdf(0.5); }), Contains("cdf of no values"));
  CHECK_THAT(message_of([&] { sketch.add(Values{1, NAN}); }), Contains("value 2 of 2 is nan"));
  CHECK_THAT(message_of([&] { sketch.add(INFINITY); }), Contains("value 1 of 1 is inf"));
  CHECK_THAT(message_of([&] { sketch.add(Values{1, 2}, Values{1}); }), Contains("1 weights of 2"));
  CHECK_THAT(message_of([&] { sketch.add(1, -1); }), Contains("weight 1 of 1 is -1"));
  CHECK(sketch == QuantileSketch());
  CHECK_THAT(message_of([&] { sketch_of(Values{1}).quantile(1.5); }), Contains("q is 1.5"));
  CHECK_THAT(message_of([] { QuantileSketch(0); }), Contains("error is 0; choose one from"));
  CHECK_THAT(message_of([&] { sketch.merge(QuantileSketch(0.1)); }),
             Contains("merge of errors 0.005 and 0.1; build both"));
}
