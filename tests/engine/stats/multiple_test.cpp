#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/multiple.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <algorithm>
#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

void check_near(const Values& a, const Values& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    CHECK(a[i] == Approx(b[i]).epsilon(1e-14));
}

} // namespace

TEST_CASE("Holm's adjustment agrees with the reference", "[stats]") {
  for (const auto& entry : golden()["holm"])
    check_near(holm(entry["p"].get<Values>()), entry["adjusted"].get<Values>());
}

TEST_CASE("Benjamini and Hochberg's adjustment agrees with scipy.stats.false_discovery_control",
          "[stats]") {
  check_near(benjamini_hochberg(Values{0.01, 0.04, 0.03, 0.005, 0.5, 0.03}),
             Values{0.03, 0.048, 0.045, 0.03, 0.5, 0.045});
  check_near(benjamini_hochberg(Values{0.9, 0.001, 0.8, 0.2}), Values{0.9, 0.004, 0.9, 0.4});
  CHECK(benjamini_hochberg(Values{0.2}) == Values{0.2});
}

TEST_CASE("adjusted p values keep order, bounds and each other's", "[stats]") {
  Random random(1);
  for (int round = 0; round < 100; ++round) {
    Values p(1 + random.below(12));
    std::generate(p.begin(), p.end(), [&] { return std::pow(random.uniform(), 2); });
    const Values strict = holm(p), loose = benjamini_hochberg(p);
    for (std::size_t i = 0; i < p.size(); ++i) {
      REQUIRE(p[i] <= loose[i]);
      REQUIRE(loose[i] <= strict[i]);
      REQUIRE(strict[i] <= 1);
      for (std::size_t j = 0; j < p.size(); ++j)
        REQUIRE((p[i] > p[j] || strict[i] <= strict[j]));
    }
  }
}

TEST_CASE("only p values are adjusted", "[stats]") {
  CHECK(holm(Values{}).empty());
  CHECK(benjamini_hochberg(Values{}).empty());
  CHECK_THROWS_WITH(holm(Values{0.5, 1.1}),
                    Contains("holm: p value 2 is 1.1; give values from 0 to 1"));
  CHECK_THROWS_WITH(benjamini_hochberg(Values{NAN}),
                    Contains("benjamini_hochberg: p value 1 is nan"));
}
