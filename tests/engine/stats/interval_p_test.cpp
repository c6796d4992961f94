// p values from intervals: the normal case in closed form, borders at the bounds, degenerate
// intervals.

#include "engine/stats/interval_p.hpp"

#include "tests/support/catch.hpp"

#include <cmath>

using residua::stats::interval_p;

TEST_CASE("p of a normal interval is that of the z test") {
  const double se = 0.8, z975 = 1.959963984540054;
  const residua::stats::Interval interval{2, 2 - z975 * se, 2 + z975 * se, 0.95};
  CHECK(interval_p(interval, 0) == Approx(std::erfc(2 / se / std::sqrt(2.0))).epsilon(1e-10));
  CHECK(interval_p(interval, 3) == Approx(std::erfc(1 / se / std::sqrt(2.0))).epsilon(1e-10));
}

TEST_CASE("p of Student's interval of few units is that of the t test") {
  const double se = 0.5, t975 = 4.302652729911275; // scipy.stats.t.ppf(0.975, 2)
  const residua::stats::Interval interval{4, 4 - t975 * se, 4 + t975 * se, 0.95};
  CHECK(interval_p(interval, 0, 3) == Approx(0.015268072165338209).epsilon(1e-10)); // 2 t.sf(8, 2)
  CHECK(interval_p(interval, 0) == 0.001);
}

TEST_CASE("p is 1 - level where the border is a bound, on either side of a skewed interval") {
  const residua::stats::Interval interval{1, 0.5, 3, 0.9};
  CHECK(interval_p(interval, 0.5) == Approx(0.1));
  CHECK(interval_p(interval, 3) == Approx(0.1));
  CHECK(interval_p(interval, 0.4) < 0.1);
  CHECK(interval_p(interval, 2.9) > 0.1);
}

TEST_CASE("p of intervals without width, far borders, and no interval") {
  CHECK(interval_p({2, 2, 2, 0.95}, 2) == 1);
  CHECK(interval_p({2, 2, 2, 0.95}, 1) == 0.001);
  CHECK(interval_p({50, 49, 51, 0.95}, 0) == 0.001);
  CHECK(std::isnan(interval_p({1, NAN, 2, 0.95}, 0)));
  CHECK_THROWS_WITH(interval_p({1, 0, 2, 1.5}, 0), Catch::Contains("level is 1.5"));
}
