#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/rank.hpp"
#include "tests/engine/stats/golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("ranks agree with scipy", "[stats]") {
  for (const auto& [name, sample] : golden()["samples"].items()) {
    INFO(name);
    CHECK(average_ranks(sample["x"].get<Values>()) == sample["ranks"].get<Values>());
  }
}

TEST_CASE("ties share their mean rank", "[stats]") {
  CHECK(average_ranks(Values{}).empty());
  CHECK(average_ranks(Values{5, 5, 5}) == Values{2, 2, 2});
  CHECK(average_ranks(Values{3, 1, 3, -2, 3}) == Values{4, 2, 4, 1, 4});
  CHECK(average_ranks(Values{0.0, -0.0}) == Values{1.5, 1.5});
  CHECK(sorting_order(Values{3, 1, 3, 1}) == std::vector<std::size_t>{1, 3, 0, 2});
  CHECK_THROWS_WITH(average_ranks(Values{1, INFINITY}),
                    Contains("rank: values: value 2 of 2 is inf"));
}
