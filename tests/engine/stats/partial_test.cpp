#include "tests/support/catch.hpp"

#include "engine/stats/partial.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/regression_golden.hpp"
#include "tests/support/message.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

struct Sample {
  Values x, y;
  RowMatrix controls;
};

/// x and y of `n` items that share a cause, and correlate by `rho` beside it.
Sample confounded(Eigen::Index n, double rho, Random& random) {
  Sample sample{{}, {}, RowMatrix(n, 1)};
  for (Eigen::Index i = 0; i < n; ++i) {
    const double cause = 2 * random.normal(), own = random.normal();
    sample.controls(i, 0) = cause;
    sample.x.push_back(cause + own);
    sample.y.push_back(cause + rho * own + std::sqrt(1 - rho * rho) * random.normal());
  }
  return sample;
}

} // namespace

TEST_CASE("partial correlations agree with their definition in numpy and scipy", "[stats]") {
  for (const auto& item : regression_golden()["partial"])
    for (const auto& [kind, name] : {std::pair{Correlation::pearson, "pearson"},
                                     std::pair{Correlation::spearman, "spearman"}}) {
      const Effect effect = partial_correlation(
          kind, item["x"].get<Values>(), item["y"].get<Values>(), golden_matrix(item["controls"]));
      INFO(name);
      CHECK(effect.estimate == Approx(item[name]["r"].get<double>()).epsilon(1e-10));
      CHECK(effect.p == Approx(item[name]["p"].get<double>()).epsilon(1e-10));
      CHECK(effect.low == Approx(item[name]["low"].get<double>()).epsilon(1e-10));
      CHECK(effect.high == Approx(item[name]["high"].get<double>()).epsilon(1e-10));
      CHECK(effect.n == static_cast<int64_t>(item["x"].size()));
    }
}

TEST_CASE("a common cause is taken out", "[stats]") {
  Random random(1);
  const Sample sample = confounded(200, 0, random);
  CHECK(pearson(sample.x, sample.y) > 0.7);
  const Effect effect =
      partial_correlation(Correlation::pearson, sample.x, sample.y, sample.controls);
  CHECK(std::abs(effect.estimate) < 0.15);
  CHECK(effect.p > 0.05);
}

TEST_CASE("permuted residuals give about the p of t, by the seed", "[stats]") {
  Random random(2);
  const Sample sample = confounded(25, 0.4, random);
  const auto p = [&](int64_t permutations, uint64_t seed) {
    return partial_correlation(Correlation::pearson, sample.x, sample.y, sample.controls, {},
                               {.permutations = permutations, .seed = seed})
        .p;
  };
  CHECK(p(4000, 3) == Approx(p(0, 1)).margin(0.03)); // standard error below 0.008
  CHECK(p(4000, 3) == p(4000, 3));
  CHECK(p(1, 3) >= 0.5);
}

TEST_CASE("the interval of a partial correlation holds it at its level", "[stats]") {
  Random random(3);
  int held = 0;
  const int samples = 1500;
  for (int i = 0; i < samples; ++i) {
    const Sample sample = confounded(25, 0.5, random);
    const Effect effect =
        partial_correlation(Correlation::pearson, sample.x, sample.y, sample.controls);
    held += effect.low <= 0.5 && 0.5 <= effect.high;
  }
  CHECK(held >= 0.93 * samples);
  CHECK(held <= 0.97 * samples);
}

TEST_CASE("what controls determine has no partial correlation", "[stats]") {
  const RowMatrix controls = matrix({{1}, {2}, {3}, {4}, {7}});
  const Values other{1, 5, 2, 4, 4};
  for (const Values& x : {Values{3, 5, 7, 9, 15}, Values(5, 0.1)})
    for (const Correlation kind : {Correlation::pearson, Correlation::spearman}) {
      const Effect effect = partial_correlation(kind, x, other, controls);
      CHECK(std::isnan(effect.estimate));
      CHECK(std::isnan(effect.p));
      CHECK(std::isnan(partial_correlation(kind, other, x, controls).low));
    }
  const Effect same = partial_correlation(Correlation::pearson, other, other, controls);
  CHECK(same.estimate == Approx(1));
  CHECK(same.p < 1e-6);
  const Effect four = partial_correlation(Correlation::pearson, Values{1, 2, 4, 3},
                                          Values{2, 1, 3, 5}, controls.topRows(4));
  CHECK(std::isfinite(four.p));
  CHECK(std::isnan(four.low)); // Fisher's z has no variance for so few
}

TEST_CASE("bad input of a partial correlation is refused", "[stats]") {
  const RowMatrix controls = matrix({{1}, {2}, {3}, {4}});
  const Values x{1, 3, 2, 4};
  const auto message = [&](Correlation kind, const Values& y, const RowMatrix& given) {
    return message_of([&] { partial_correlation(kind, x, y, given); });
  };
  CHECK(message(Correlation::kendall, x, controls) ==
        "partial_correlation: kind is kendall; choose pearson or spearman");
  CHECK_THAT(message(Correlation::pearson, Values{1, 2}, controls),
             Contains("partial_correlation: y: 2 values where x has 4"));
  CHECK_THAT(message(Correlation::pearson, Values{1, NAN, 2, 3}, controls),
             Contains("partial_correlation: y: value 2 of 4 is nan"));
  CHECK_THAT(message(Correlation::spearman, x, matrix({{1}, {1}, {1}, {1}})),
             Contains("partial_correlation: x1 is constant"));
  CHECK_THAT(message(Correlation::pearson, x, matrix({{1, 0}, {2, 1}, {3, 0}, {4, 1}})),
             Contains("partial_correlation: x: 4 values; give at least 5"));
}
