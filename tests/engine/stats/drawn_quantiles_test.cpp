#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/drawn_quantiles.hpp"
#include "engine/stats/quantile.hpp"
#include "engine/stats/random.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("drawn quantiles are those of the list that the counts make", "[stats][property]") {
  const std::vector<double> q{0, 0.01, 0.25, 0.5, 0.9, 0.999, 1};
  Random random(1);
  for (int trial = 0; trial < 200; ++trial) {
    const auto n = 1 + random.below(30), units_count = 1 + random.below(6);
    std::vector<double> values, counts, list;
    std::vector<std::size_t> units;
    for (uint64_t unit = 0; unit < units_count; ++unit)
      counts.push_back(static_cast<double>(random.below(4)));
    for (uint64_t i = 0; i < n; ++i) {
      values.push_back(std::round(3 * random.normal())); // ties
      units.push_back(random.below(units_count));
      list.insert(list.end(), static_cast<std::size_t>(counts[units.back()]), values.back());
    }
    const auto mine = DrawnQuantiles(values, units).of(counts, q);
    for (std::size_t i = 0; i < q.size(); ++i)
      if (list.empty())
        CHECK(std::isnan(mine[i]));
      else
        CHECK(mine[i] == quantile(list, q[i]));
  }
}

TEST_CASE("drawn quantiles of nothing, and of values that are none", "[stats]") {
  const std::vector<double> none, q{0.5};
  const std::vector<std::size_t> no_units, one_unit{0};
  CHECK(std::isnan(DrawnQuantiles(none, no_units).of(none, q)[0]));
  CHECK_THROWS_WITH(DrawnQuantiles(none, one_unit), Contains("drawn_quantiles: units: 1 values"));
  const std::vector<double> bad{NAN};
  CHECK_THROWS_WITH(DrawnQuantiles(bad, one_unit), Contains("value 1 of 1 is nan"));
}
