#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/resampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace residua;
using namespace residua::stats;

TEST_CASE("a ratio of sums weighs each pair by its denominator", "[stats]") {
  const std::vector<double> above = {1, 2, 6}, below = {1, 1, 2};
  const Interval interval = ratio_of_sums(above, below);
  CHECK(interval.estimate == 9.0 / 4);
  CHECK(interval.low <= interval.estimate);
  CHECK(interval.high >= interval.estimate);
  CHECK_THROWS_WITH(ratio_of_sums(above, std::vector<double>{1, 2}),
                    Catch::Contains("3 numerators and 2 denominators"));
  for (const double bad : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    CHECK_THROWS_WITH(ratio_of_sums(std::vector<double>{1, bad, 6}, below),
                      Catch::Contains("numerators: value 2 of 3 is "));
    CHECK_THROWS_WITH(ratio_of_sums(above, std::vector<double>{1, bad, 6}),
                      Catch::Contains("denominators: value 2 of 3 is "));
  }
}

TEST_CASE("a ratio that is the same in every pair has no width", "[stats]") {
  const std::vector<double> above = {2, 4, 6, 8}, below = {1, 2, 3, 4};
  const Interval interval = ratio_of_sums(above, below);
  CHECK(interval.low == Approx(2));
  CHECK(interval.high == Approx(2));
}

TEST_CASE("every resample draws n observations, each as likely", "[stats]") {
  constexpr int64_t kN = 20, kResamples = 5000;
  const auto counts = resample_counts(kN, kResamples, 3);
  for (int64_t r = 0; r < kResamples; ++r)
    CHECK(std::accumulate(counts.begin() + r * kN, counts.begin() + (r + 1) * kN, 0.0) == kN);
  for (int64_t i = 0; i < kN; ++i) {
    double total = 0;
    for (int64_t r = 0; r < kResamples; ++r)
      total += counts[r * kN + i];
    // Binomial(100 000, 1/20): standard deviation 69; 5 of them.
    CHECK(std::abs(total - kResamples) < 345);
  }
  CHECK(counts == resample_counts(kN, kResamples, 3));
  CHECK(counts != resample_counts(kN, kResamples, 4));
  CHECK_THROWS_AS(resample_counts(0, 5, 1), Error);
}

TEST_CASE("a random order has every element once", "[stats]") {
  auto order = random_order(100, 9);
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 100; ++i)
    CHECK(order[i] == i);
  CHECK(random_order(0, 1).empty());
}
