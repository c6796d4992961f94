#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/correlation.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

/// tau-b by its definition, over all pairs.
double slow_kendall(const Values& x, const Values& y) {
  const auto sign = [](double d) { return (d > 0) - (d < 0); };
  double surplus = 0, untied_x = 0, untied_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      surplus += sign(x[i] - x[j]) * sign(y[i] - y[j]);
      untied_x += x[i] != x[j];
      untied_y += y[i] != y[j];
    }
  return surplus / std::sqrt(untied_x * untied_y);
}

} // namespace

TEST_CASE("correlations agree with scipy", "[stats]") {
  for (const auto& [name, sample] : golden()["samples"].items()) {
    INFO(name);
    const auto x = sample["x"].get<Values>(), y = sample["y"].get<Values>();
    CHECK(pearson(x, y) == Approx(sample["pearson"].get<double>()).epsilon(1e-12));
    CHECK(spearman(x, y) == Approx(sample["spearman"].get<double>()).epsilon(1e-12));
    CHECK(kendall(x, y) == Approx(sample["kendall"].get<double>()).epsilon(1e-12));
    CHECK(correlation(Correlation::kendall, x, y) == kendall(x, y));
    CHECK(correlation(Correlation::spearman, x, y) == spearman(x, y));
    CHECK(correlation(Correlation::pearson, x, y) == pearson(x, y));
  }
}

TEST_CASE("Kendall's tau equals its definition, with many ties or few", "[stats]") {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 2 + random.below(40), levels = 2 + random.below(60);
    Values x, y;
    for (std::size_t i = 0; i < n; ++i) {
      x.push_back(static_cast<double>(random.below(levels)));
      y.push_back(static_cast<double>(random.below(levels)));
    }
    const double expected = slow_kendall(x, y);
    if (std::isnan(expected))
      REQUIRE(std::isnan(kendall(x, y)));
    else
      REQUIRE(kendall(x, y) == Approx(expected).epsilon(1e-12).margin(1e-15));
  }
}

TEST_CASE("correlations keep their symmetries", "[stats]") {
  Random random(2);
  for (int round = 0; round < 50; ++round) {
    Values x, y, moved, negative, risen;
    for (int i = 0; i < 25; ++i) {
      x.push_back(random.normal());
      y.push_back(x.back() + random.normal());
      moved.push_back(1e3 * x.back() - 7);
      negative.push_back(-y.back());
      risen.push_back(std::exp(x.back()));
    }
    for (const Correlation kind :
         {Correlation::pearson, Correlation::spearman, Correlation::kendall}) {
      const double r = correlation(kind, x, y);
      REQUIRE(correlation(kind, y, x) == Approx(r).epsilon(1e-12));
      REQUIRE(correlation(kind, moved, y) == Approx(r).epsilon(1e-10));
      REQUIRE(correlation(kind, x, negative) == Approx(-r).epsilon(1e-12));
      REQUIRE(correlation(kind, x, x) == Approx(1).epsilon(1e-12));
      REQUIRE(std::abs(r) <= 1);
    }
    REQUIRE(spearman(risen, y) == spearman(x, y));
    REQUIRE(kendall(risen, y) == kendall(x, y));
  }
}

TEST_CASE("extreme scales do not overflow", "[stats]") {
  CHECK(pearson(Values{1e300, -1e300, 5e299}, Values{1, -1, 0.5}) == Approx(1));
  CHECK(pearson(Values{1e-300, -1e-300, 5e-301}, Values{1, -1, 0.5}) == Approx(1));
}

TEST_CASE("constant data has no correlation, and bad data is refused", "[stats]") {
  const Values constant(4, 0.1), rising{1, 2, 3, 4};
  for (const Correlation kind :
       {Correlation::pearson, Correlation::spearman, Correlation::kendall}) {
    CHECK(std::isnan(correlation(kind, constant, rising)));
    CHECK(std::isnan(correlation(kind, rising, constant)));
    CHECK_THROWS_WITH(correlation(kind, rising, Values{1, 2, 3}),
                      Contains(": y: 3 values where x has 4"));
    CHECK_THROWS_WITH(correlation(kind, Values{1}, Values{1}),
                      Contains(": x: 1 values; give at least 2"));
    CHECK_THROWS_WITH(correlation(kind, rising, Values{1, 2, NAN, 4}),
                      Contains(": y: value 3 of 4 is nan"));
  }
}
