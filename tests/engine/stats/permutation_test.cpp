#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/permutation.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

const Values kX{1.2, 0.3, 2.5, 3.1, 2.2, 4.8, 3.9}, kY{0.4, 1.1, 1.9, 1.5, 3.2, 2.8, 4.1};

Values normals(std::size_t n, double mean, Random& random) {
  Values values(n);
  for (double& value : values)
    value = mean + random.normal();
  return values;
}

} // namespace

TEST_CASE("exact sign flips agree with scipy", "[stats]") {
  for (const auto& entry : golden()["signflip"])
    CHECK(sign_flip_p(entry["d"].get<Values>()) == entry["p"].get<double>());
}

TEST_CASE("sign flips have their closed forms", "[stats]") {
  for (std::size_t n = 1; n <= 14;
       ++n) // all of one sign: only the data and their mirror image are as extreme
    CHECK(sign_flip_p(Values(n, 2.5)) == std::pow(2.0, 1 - static_cast<double>(n)));
  CHECK(sign_flip_p(Values{0, 0, 0}) == 1);
  CHECK(sign_flip_p(Values{0.1, 0.2, -0.3}) == 1); // sums to 0 but for rounding
  CHECK(sign_flip_p(Values{3, 0, 0, 0, 0}) == 1);
}

TEST_CASE("random sign flips come near the exact p", "[stats]") {
  Random random(1);
  Values values = normals(14, 0.4, random);
  const double exact = sign_flip_p(values);
  values.insert(values.end(), 60, 0.0); // more values, but no more distinct cases
  PermutationOptions options;
  options.resamples = 40000;
  const double sampled = sign_flip_p(values, options);
  CHECK(sampled == Approx(exact).margin(4 * std::sqrt(exact * (1 - exact) / 40000)));
  CHECK(sign_flip_p(values, options) == sampled);
  CHECK(sign_flip_p(Values(70, 1.0)) == 1.0 / 10000); // never 0
}

TEST_CASE("sign flips keep their level", "[stats]") {
  Random random(2);
  int rejected = 0;
  for (int i = 0; i < 1000; ++i)
    rejected += sign_flip_p(normals(9, 0, random)) <= 0.05;
  CHECK(rejected / 1000.0 == Approx(0.05).margin(0.028)); // 4 standard errors
}

TEST_CASE("exact permutations count the arrangements at least as extreme", "[stats]") {
  // counted with scipy's coefficients over itertools.permutations
  CHECK(correlation_p(Correlation::pearson, kX, kY) == Approx(475 / 5040.0).epsilon(1e-14));
  CHECK(correlation_p(Correlation::spearman, kX, kY) == Approx(700 / 5040.0).epsilon(1e-14));
  CHECK(correlation_p(Correlation::kendall, kX, kY) == Approx(1204 / 5040.0).epsilon(1e-14));
}

TEST_CASE("permutations can stay within groups", "[stats]") {
  const std::vector<int64_t> groups{5, 5, 5, 1, 1, 1, 1};
  CHECK(correlation_p(Correlation::pearson, kX, kY, groups) == Approx(43 / 144.0).epsilon(1e-14));
  const std::vector<int64_t> alone{1, 2, 3, 4, 5, 6, 7}, together(7, 3);
  CHECK(correlation_p(Correlation::pearson, kX, kY, alone) == 1);
  CHECK(correlation_p(Correlation::pearson, kX, kY, together) ==
        correlation_p(Correlation::pearson, kX, kY));
}

TEST_CASE("permutation within groups keeps its level where a confounder misleads the free one",
          "[stats]") {
  Random random(3);
  int free = 0, within = 0;
  for (int sample = 0; sample < 200; ++sample) {
    Values x, y;
    std::vector<int64_t> groups;
    for (int64_t i = 0; i < 16; ++i) {
      groups.push_back(i % 2);
      x.push_back(3 * static_cast<double>(i % 2) + random.normal());
      y.push_back(3 * static_cast<double>(i % 2) + random.normal());
    }
    const PermutationOptions options{.resamples = 199, .seed = static_cast<uint64_t>(sample)};
    free += correlation_p(Correlation::pearson, x, y, {}, options) <= 0.05;
    within += correlation_p(Correlation::pearson, x, y, groups, options) <= 0.05;
  }
  CHECK(free > 180);
  CHECK(within / 200.0 == Approx(0.05).margin(0.062)); // 4 standard errors
}

TEST_CASE("random permutations come near the exact p", "[stats]") {
  Values x = kX, y = kY;
  std::vector<int64_t> groups(7, 0);
  for (int i = 0; i < 20; ++i) { // a second group in which nothing can change
    x.push_back(2.5714);
    y.push_back(2.1429);
    groups.push_back(1);
  }
  PermutationOptions options;
  options.resamples = 4000;
  // y is constant in the second group, so the arrangements that differ are those of the first
  const double sampled = correlation_p(Correlation::pearson, x, y, groups, options);
  CHECK(sampled == Approx(475 / 5040.0).margin(0.02));
  Values line(40);
  for (std::size_t i = 0; i < 40; ++i)
    line[i] = static_cast<double>(i);
  CHECK(correlation_p(Correlation::kendall, line, line) == 1.0 / 10000);
}

TEST_CASE("bad input of a permutation test is refused", "[stats]") {
  const Values flat(7, 1.0);
  CHECK(std::isnan(correlation_p(Correlation::pearson, flat, kY)));
  CHECK(std::isnan(correlation_p(Correlation::kendall, kX, flat)));
  CHECK_THROWS_WITH(correlation_p(Correlation::pearson, kX, kY, std::vector<int64_t>{1, 2}),
                    Contains("correlation_p: groups: 2 values where x has 7"));
  CHECK_THROWS_WITH(correlation_p(Correlation::pearson, kX, Values{1}),
                    Contains("pearson: y: 1 values"));
  CHECK_THROWS_WITH(sign_flip_p(Values{}),
                    Contains("sign_flip_p: differences: 0 values; give at least 1"));
  CHECK_THROWS_WITH(sign_flip_p(Values{1, NAN}),
                    Contains("sign_flip_p: differences: value 2 of 2 is nan"));
  CHECK_THROWS_WITH(sign_flip_p(Values{1}, {.resamples = -5}),
                    Contains("sign_flip_p: resamples is -5"));
}
