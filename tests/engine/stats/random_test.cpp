#include "tests/support/catch.hpp"

#include "engine/stats/moments.hpp"
#include "engine/stats/random.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

using namespace residua::stats;

TEST_CASE("SplitMix64 gives its published sequence", "[stats]") {
  SplitMix mix(1234567);
  for (const uint64_t expected : {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                  4593380528125082431U, 16408922859458223821U})
    CHECK(mix.next() == expected);
}

TEST_CASE("xoshiro256** gives its published sequence", "[stats]") {
  Random random(std::array<uint64_t, 4>{1, 2, 3, 4});
  for (const uint64_t expected : {11520U, 0U, 1509978240U})
    CHECK(random.next() == expected);
  CHECK(random.next() == 1215971899390074240U);
}

TEST_CASE("a seed fixes the numbers", "[stats]") {
  Random a(7), b(7), c(8);
  const uint64_t first = a.next();
  CHECK(b.next() == first);
  CHECK(c.next() != first);
}

TEST_CASE("bounded integers are uniform", "[stats]") {
  Random random(1);
  for (const uint64_t n : {1U, 2U, 7U, 10U}) {
    const int draws = 70000;
    std::vector<double> counts(n);
    for (int i = 0; i < draws; ++i)
      ++counts.at(random.below(n));
    double chi2 = 0;
    for (const double count : counts)
      chi2 +=
          std::pow(count - draws / static_cast<double>(n), 2) / (draws / static_cast<double>(n));
    CHECK(chi2 < 28); // 99.9 % point for 9 degrees of freedom is 27.9
  }
  // a bound of 3/4 of the range: taking the remainder would make the lower third twice as likely
  const uint64_t large = 3ULL << 62;
  int low = 0;
  for (int i = 0; i < 30000; ++i)
    low += random.below(large) < (1ULL << 62);
  CHECK(std::abs(low - 10000) < 330); // 4 standard deviations of 82
}

TEST_CASE("uniform and normal deviates have their moments", "[stats]") {
  Random random(2);
  Moments uniform, normal;
  for (int i = 0; i < 200000; ++i) {
    uniform.add(random.uniform());
    normal.add(random.normal());
  }
  CHECK(uniform.min >= 0);
  CHECK(uniform.max < 1);
  // tolerances: 4 standard errors at n = 200 000
  CHECK(uniform.mean == Approx(0.5).margin(0.0026));
  CHECK(uniform.kurtosis() == Approx(-1.2).margin(0.01));
  CHECK(normal.mean == Approx(0).margin(0.009));
  CHECK(normal.variance() == Approx(1).margin(0.0127));
  CHECK(normal.skewness() == Approx(0).margin(0.022));
  CHECK(normal.kurtosis() == Approx(0).margin(0.044));
}

TEST_CASE("shuffles are permutations, each as likely", "[stats]") {
  Random random(3);
  std::map<std::vector<int>, int> counts;
  for (int i = 0; i < 24000; ++i) {
    std::vector<int> values{1, 2, 3, 4};
    random.shuffle(std::span<int>(values));
    ++counts[values];
  }
  CHECK(counts.size() == 24);
  for (const auto& [order, count] : counts) {
    CHECK(std::is_permutation(order.begin(), order.end(), std::vector<int>{1, 2, 3, 4}.begin()));
    CHECK(std::abs(count - 1000) < 130); // 4 standard deviations of 31
  }
  std::vector<int> none;
  random.shuffle(std::span<int>(none));
  CHECK(none.empty());
}
