#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/quantile.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <algorithm>
#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("quantiles agree with NumPy", "[stats]") {
  for (const auto& [name, sample] : golden()["samples"].items())
    for (const auto& pair : sample["quantiles"]) {
      INFO(name << " at " << pair[0]);
      const double expected = pair[1];
      CHECK(quantile(sample["x"].get<Values>(), pair[0]) ==
            Approx(expected).epsilon(1e-14).margin(1e-15));
    }
}

TEST_CASE("quantiles interpolate between order statistics", "[stats]") {
  const Values values{40, 10, 30, 20};
  CHECK(quantile(values, 0) == 10);
  CHECK(quantile(values, 1) == 40);
  CHECK(quantile(values, 0.25) == 17.5);
  CHECK(median(values) == 25);
  CHECK(median(Values{3, 1, 2}) == 2);
  CHECK(quantiles(values, Values{0, 0.5, 1}) == Values{10, 25, 40});
  CHECK(quantile(Values{5}, 0.7) == 5);
  CHECK(quantiles(values, Values{}).empty());
}

TEST_CASE("quantiles rise with q and stay within the data", "[stats]") {
  Random random(1);
  for (int round = 0; round < 100; ++round) {
    Values values(1 + random.below(30)), q(20);
    std::generate(values.begin(), values.end(), [&] { return random.normal(); });
    std::generate(q.begin(), q.end(), [&] { return random.uniform(); });
    std::sort(q.begin(), q.end());
    const Values result = quantiles(values, q);
    REQUIRE(std::is_sorted(result.begin(), result.end()));
    REQUIRE(result.front() >= *std::min_element(values.begin(), values.end()));
    REQUIRE(result.back() <= *std::max_element(values.begin(), values.end()));
  }
}

TEST_CASE("quantiles of nothing, at nowhere or of no numbers are refused", "[stats]") {
  CHECK_THROWS_WITH(quantile(Values{}, 0.5),
                    Contains("quantile: values: 0 values; give at least 1"));
  CHECK_THROWS_WITH(quantile(Values{1}, 1.5),
                    Contains("quantile: q is 1.5; choose one from 0 to 1"));
  CHECK_THROWS_WITH(quantile(Values{1}, NAN), Contains("quantile: q is nan"));
  CHECK_THROWS_WITH(quantile(Values{1, NAN, 2}, 0.5),
                    Contains("quantile: values: value 2 of 3 is nan"));
}
