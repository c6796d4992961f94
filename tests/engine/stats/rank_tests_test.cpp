#include "tests/support/catch.hpp"

#include "engine/stats/random.hpp"
#include "engine/stats/rank_tests.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("Mann-Whitney agrees with scipy", "[stats]") {
  for (const auto& item : regression_golden()["mann_whitney"]) {
    const auto a = item["a"].get<Values>(), b = item["b"].get<Values>();
    const RankTest test = mann_whitney(a, b), turned = mann_whitney(b, a);
    CHECK(test.statistic == item["u"].get<double>());
    CHECK(test.p == Approx(item["p"].get<double>()).epsilon(1e-10));
    CHECK(turned.p == Approx(test.p).epsilon(1e-12));
    CHECK(turned.effect == Approx(-test.effect).margin(1e-15));
    CHECK(test.n == static_cast<int64_t>(a.size() + b.size()));
  }
}

TEST_CASE("Wilcoxon agrees with scipy", "[stats]") {
  for (const auto& item : regression_golden()["wilcoxon"]) {
    const auto d = item["d"].get<Values>();
    const RankTest test = wilcoxon(d);
    CHECK(test.statistic == item["w"].get<double>());
    CHECK(test.exact == item["exact"].get<bool>());
    CHECK(test.p == Approx(item["p"].get<double>()).epsilon(1e-10));
  }
}

TEST_CASE("rank tests do not change with a monotone scale", "[stats]") {
  Random random(1);
  Values a, b, risen_a, risen_b;
  for (int i = 0; i < 20; ++i) {
    a.push_back(random.normal());
    b.push_back(random.normal() + 0.5);
    risen_a.push_back(std::exp(a.back()));
    risen_b.push_back(std::exp(b.back()));
  }
  CHECK(mann_whitney(a, b).p == mann_whitney(risen_a, risen_b).p);
}

TEST_CASE("rank tests of few, equal and extreme values are defined", "[stats]") {
  CHECK(mann_whitney(Values{1}, Values{2}).p == 1);
  CHECK(mann_whitney(Values{1, 2}, Values{3, 4}).p == Approx(1.0 / 3));
  CHECK(mann_whitney(Values{1, 2}, Values{3, 4}).effect == -1);
  const RankTest tied = mann_whitney(Values(10, 0.1), Values(12, 0.1));
  CHECK(tied.p == 1);
  CHECK(tied.effect == 0);
  CHECK(mann_whitney(Values{1e308, -1e308}, Values{1e-308}).statistic == 1);
  CHECK(wilcoxon(Values{2}).p == 1);
  CHECK(wilcoxon(Values{2, 3}).p == 0.5);
  const RankTest zeros = wilcoxon(Values(5, 0));
  CHECK(zeros.p == 1);
  CHECK(zeros.n == 0);
  CHECK(wilcoxon(Values(6, 2.5)).effect == 1);
}

TEST_CASE("bad input of rank tests is refused", "[stats]") {
  CHECK(message_of([] { mann_whitney(Values{}, Values{1}); }) ==
        "mann_whitney: a: 0 values; give at least 1");
  CHECK_THAT(message_of([] {
               mann_whitney(Values{1}, Values{1, NAN});
             }),
             Contains("mann_whitney: b: value 2 of 2 is nan"));
  CHECK_THAT(message_of([] { wilcoxon(Values{}); }), Contains("wilcoxon: differences: 0 values"));
  CHECK_THAT(message_of([] { wilcoxon(Values{INFINITY}); }),
             Contains("wilcoxon: differences: value 1 of 1 is inf"));
}
