#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/association.hpp"
#include "engine/stats/permutation.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("an association joins coefficient, interval and p", "[stats]") {
  const auto& sample = golden()["samples"]["n40"];
  const auto x = sample["x"].get<Values>(), y = sample["y"].get<Values>();
  for (const Correlation kind :
       {Correlation::pearson, Correlation::spearman, Correlation::kendall}) {
    EffectOptions options;
    options.resamples = 500;
    options.flips = 999;
    const Effect effect = association(kind, x, y, {}, options);
    CHECK(effect.estimate == correlation(kind, x, y));
    CHECK(effect.low > 0.1);
    CHECK(effect.low < effect.estimate);
    CHECK(effect.estimate < effect.high);
    CHECK(effect.high < 1);
    CHECK(effect.p == 0.001); // none of 999
    CHECK(effect.n == 40);
  }
}

TEST_CASE("the interval of a correlation agrees with Fisher's for normal data", "[stats]") {
  Random random(1);
  Values x, y;
  for (int i = 0; i < 400; ++i) {
    x.push_back(random.normal());
    y.push_back(0.6 * x.back() + 0.8 * random.normal());
  }
  EffectOptions options;
  options.flips = 10;
  const Effect effect = association(Correlation::pearson, x, y, {}, options);
  const double z = std::atanh(effect.estimate), half = 1.959964 / std::sqrt(397.0);
  CHECK(effect.low == Approx(std::tanh(z - half)).margin(0.03));
  CHECK(effect.high == Approx(std::tanh(z + half)).margin(0.03));
}

TEST_CASE("associations of few or constant pairs are defined", "[stats]") {
  const Values two{1, 2}, rising{1, 2, 3}, flat{1, 1, 1};
  const Effect few = association(Correlation::pearson, two, two);
  CHECK(few.estimate == 1);
  CHECK(few.p == 1);
  const Effect constant = association(Correlation::spearman, rising, flat);
  CHECK(std::isnan(constant.estimate));
  CHECK(std::isnan(constant.low));
  CHECK(std::isnan(constant.p));
  CHECK_THROWS_WITH(association(Correlation::pearson, rising, two),
                    Contains("y: 2 values where x has 3"));
  CHECK_THROWS_WITH(association(Correlation::pearson, rising, rising, std::vector<int64_t>{1}),
                    Contains("groups: 1"));
}
