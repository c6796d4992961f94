#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/moments.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Skewed, so that no odd moment is near 0 and a relative tolerance means something.
Values lognormal(std::size_t n, uint64_t seed) {
  Random random(seed);
  Values values;
  for (std::size_t i = 0; i < n; ++i)
    values.push_back(std::exp(0.5 * random.normal()));
  return values;
}

/// Two passes in long double.
Moments reference(const Values& values) {
  long double sum = 0, m2 = 0, m3 = 0, m4 = 0;
  for (const double value : values)
    sum += value;
  const long double mean = sum / static_cast<long double>(values.size());
  for (const double value : values) {
    const long double d = value - mean;
    m2 += d * d;
    m3 += d * d * d;
    m4 += d * d * d * d;
  }
  Moments result;
  result.n = static_cast<double>(values.size());
  result.mean = static_cast<double>(mean);
  result.m2 = static_cast<double>(m2);
  result.m3 = static_cast<double>(m3);
  result.m4 = static_cast<double>(m4);
  return result;
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-12 * std::abs(b);
}

bool same(const Moments& a, const Moments& b) {
  return a.n == b.n && near(a.mean, b.mean) && near(a.m2, b.m2) && near(a.m3, b.m3) &&
         near(a.m4, b.m4);
}

} // namespace

TEST_CASE("moments agree with scipy", "[stats]") {
  for (const auto& [name, sample] : golden()["samples"].items()) {
    INFO(name);
    const Moments result = moments(sample["x"].get<Values>());
    CHECK(result.mean == Approx(sample["mean"].get<double>()).epsilon(1e-12));
    CHECK(result.std() == Approx(sample["sd"].get<double>()).epsilon(1e-12));
    CHECK(result.skewness() ==
          Approx(sample["skewness"].get<double>()).epsilon(1e-12).margin(1e-12));
    CHECK(result.kurtosis() == Approx(sample["kurtosis"].get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("moments of a small sample are its closed forms", "[stats]") {
  const Moments result = moments(Values{1, 2, 3, 4, 10}); // deviations -3 -2 -1 0 6
  CHECK(result.n == 5);
  CHECK(result.mean == 4);
  CHECK(result.m2 == 50);
  CHECK(result.m3 == 180);
  CHECK(result.m4 == 1394);
  CHECK(result.min == 1);
  CHECK(result.max == 10);
  CHECK(result.variance() == 12.5);
  CHECK(result.skewness() == Approx(36 / std::pow(10.0, 1.5)).epsilon(1e-14));
  CHECK(result.kurtosis() == Approx(1394.0 / 5 / 100 - 3).epsilon(1e-14));
  CHECK(result.kurtosis_unbiased() ==
        Approx(4.0 / 6 * (6 * (1394.0 / 500 - 3) + 6)).epsilon(1e-14));
}

TEST_CASE("any split, streamed and merged, equals one pass", "[stats]") {
  const Values values = lognormal(5000, 1);
  const Moments whole = reference(values);
  REQUIRE(same(moments(values), whole));
  Moments streamed;
  for (const double value : values)
    streamed.add(value);
  CHECK(same(streamed, whole));
  Random random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<Moments> parts(1 + random.below(20));
    const std::span<const double> all(values);
    for (std::size_t from = 0; from < values.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random.below(2000), values.size() - from);
      parts[random.below(parts.size())].add(all.subspan(from, size));
      from += size;
    }
    Moments merged;
    for (const Moments& part : parts)
      merged.merge(part);
    REQUIRE(same(merged, whole));
  }
}

TEST_CASE("an offset does not spoil the moments", "[stats]") {
  Values values = lognormal(3000, 3);
  for (double& value : values)
    value = std::round(value * 1024) / 1024; // so that the offset is added without rounding
  const Moments plain = moments(values);
  for (double& value : values)
    value += 1e6;
  const Moments moved = moments(values);
  CHECK(moved.m2 ==
        Approx(plain.m2).epsilon(1e-9)); // the mean itself has 10 digits behind the point left
  CHECK(moved.m4 == Approx(plain.m4).epsilon(1e-9));
}

TEST_CASE("few or constant values have defined moments", "[stats]") {
  const Moments none;
  CHECK(none.mean == 0);
  CHECK(none.min == kInfinity);
  CHECK(none.max == -kInfinity);
  CHECK(std::isnan(none.variance()));
  CHECK(std::isnan(none.kurtosis()));
  const Moments one = moments(Values{7});
  CHECK(one.mean == 7);
  CHECK(std::isnan(one.std()));
  CHECK(std::isnan(one.skewness()));
  const Moments two = moments(Values{1, 3});
  CHECK(two.variance() == 2);
  CHECK(two.skewness() == 0);
  CHECK(two.kurtosis() == -2);
  CHECK(std::isnan(two.kurtosis_unbiased()));
  Moments constant = moments(Values(5000, 0.1));
  constant.merge(moments(Values(3, 0.1)));
  CHECK(constant.mean == 0.1);
  CHECK(constant.variance() == 0);
  CHECK(std::isnan(constant.skewness()));
  CHECK(std::isnan(constant.kurtosis()));
  CHECK(std::isnan(constant.kurtosis_unbiased()));
}

TEST_CASE("merging with nothing changes nothing", "[stats]") {
  const Moments some = moments(lognormal(50, 4));
  Moments left = some, right;
  left.merge({});
  right.merge(some);
  for (const Moments& merged : {left, right}) {
    CHECK(merged.n == some.n);
    CHECK(merged.mean == some.mean);
    CHECK(merged.m4 == some.m4);
    CHECK(merged.max == some.max);
  }
  right = {};
  right.merge({});
  CHECK(right.n == 0);
}

TEST_CASE("floats are summed as doubles", "[stats]") {
  const std::vector<float> values{16777216, 1, 1, 1}; // in float, 2^24 + 1 is 2^24
  Moments result;
  result.add(std::span<const float>(values));
  CHECK(result.mean == 16777219.0 / 4);
}

TEST_CASE("values that are no numbers are refused, and change nothing", "[stats]") {
  Moments result = moments(Values{1, 2});
  CHECK_THROWS_WITH(result.add(Values{1, NAN}),
                    Contains("moments: value 2 of 2 is nan; leave it out"));
  CHECK_THROWS_WITH(result.add(-kInfinity), Contains("moments: value 1 of 1 is -inf"));
  const std::vector<float> overflown{std::numeric_limits<float>::infinity()};
  CHECK_THROWS_WITH(result.add(std::span<const float>(overflown)), Contains("is inf"));
  CHECK(result.n == 2);
  CHECK(result.mean == 1.5);
}
