#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/information.hpp"
#include "tests/engine/stats/information_golden.hpp"

#include <cmath>
#include <numbers>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

Values weights(std::size_t n, Random& random) {
  Values result;
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(random.uniform());
  return result;
}

} // namespace

TEST_CASE("entropies and divergences agree with SciPy", "[stats]") {
  for (const auto& row : information_golden("entropy"))
    CHECK(entropy(row["weights"].get<Values>()) ==
          Approx(row["entropy"].get<double>()).epsilon(1e-10).margin(1e-15));
  for (const auto& row : information_golden("divergences")) {
    const auto p = row["p"].get<Values>(), q = row["q"].get<Values>();
    if (row["kl"].is_null())
      CHECK(kl_divergence(p, q) == INFINITY);
    else // SciPy's own sum cancels where p is near q
      CHECK(kl_divergence(p, q) == Approx(row["kl"].get<double>()).epsilon(1e-10).margin(1e-15));
    const double js = row["js"];
    CHECK(jensen_shannon_divergence(p, q) == Approx(js).epsilon(1e-10).margin(1e-15));
    CHECK(jensen_shannon_distance(p, q) ==
          Approx(row["js_distance"].get<double>()).epsilon(js < 1e-3 ? 1e-8 : 1e-10));
  }
}

TEST_CASE("entropy of zeros, one outcome and any scale", "[stats]") {
  CHECK(entropy(Values{7}) == 0);
  CHECK(entropy(Values{0, 3, 0}) == 0);
  CHECK(entropy(Values{1e308, 1e308, 0}) == Approx(std::numbers::ln2).epsilon(1e-15));
  CHECK(entropy(Values(1000, 1e-320)) == Approx(std::log(1000)).epsilon(1e-12));
}

TEST_CASE("divergences: bounds, symmetry and what they ignore", "[stats][property]") {
  Random random(3);
  for (int trial = 0; trial < 50; ++trial) {
    const Values p = weights(20, random), q = weights(20, random);
    Values scaled;
    for (const double value : p)
      scaled.push_back(3 * value);
    CHECK(kl_divergence(p, q) > 0);
    CHECK(kl_divergence(p, p) == 0);
    CHECK(kl_divergence(scaled, p) < 1e-28); // no root of rounding noise in the distance
    CHECK(jensen_shannon_distance(p, scaled) < 1e-14);
    CHECK(jensen_shannon_divergence(p, q) ==
          Approx(jensen_shannon_divergence(q, p)).epsilon(1e-12));
    CHECK(jensen_shannon_distance(p, q) <
          jensen_shannon_distance(p, Values(20, 1)) + jensen_shannon_distance(Values(20, 1), q));
  }
  CHECK(jensen_shannon_divergence(Values{1, 0}, Values{0, 1}) == 1);
  CHECK(kl_divergence(Values{1, 1}, Values{1, 0}) == INFINITY);
  CHECK(kl_divergence(Values{1, 0}, Values{1, 1}) == Approx(std::numbers::ln2).epsilon(1e-15));
  CHECK(kl_divergence(Values{1, 1}, Values{1, 1e-320}) == // 1/2 ln 1/2 + 1/2 ln(1/2 / 1e-320)
        Approx(-std::numbers::ln2 - 0.5 * std::log(1e-320)).epsilon(1e-4));
}

TEST_CASE("Wasserstein distances agree with SciPy", "[stats]") {
  for (const auto& row : information_golden("wasserstein")) {
    const auto x = row["x"].get<Values>(), y = row["y"].get<Values>();
    const auto x_weights = row.value("x_weights", Values{});
    const auto y_weights = row.value("y_weights", Values{});
    const double expected = row["distance"];
    CHECK(wasserstein(x, y, x_weights, y_weights) == Approx(expected).epsilon(1e-10));
    CHECK(wasserstein(y, x, y_weights, x_weights) == Approx(expected).epsilon(1e-10));
  }
  for (const auto& row : information_golden("histograms"))
    CHECK(wasserstein_histograms(row["p"].get<Values>(), row["q"].get<Values>(),
                                 row["edges"].get<Values>()) ==
          Approx(row["distance"].get<double>()).epsilon(1e-10).margin(1e-15));
}

TEST_CASE("Wasserstein: shifts, repeats and weights", "[stats][property]") {
  Random random(5);
  Values x, moved, twice, counts;
  for (int i = 0; i < 100; ++i) {
    x.push_back(random.normal());
    moved.push_back(x.back() + 2.5);
    counts.push_back(1 + static_cast<double>(random.below(2)));
    twice.insert(twice.end(), static_cast<std::size_t>(counts.back()), x.back());
  }
  CHECK(wasserstein(x, moved) == Approx(2.5).epsilon(1e-12));
  CHECK(wasserstein(x, x) == 0);
  CHECK(wasserstein(x, twice, counts) == Approx(0).margin(1e-13));
  CHECK(wasserstein(Values{1, 1, 1}, Values{1}) == 0);
  CHECK(wasserstein(Values{0, 100}, Values{0}, Values{1, 0}) == 0);
}

TEST_CASE("entropies of Gaussians agree with SciPy", "[stats]") {
  for (const auto& row : information_golden("gaussian"))
    CHECK(gaussian_entropy(matrix_of(row["covariance"])) ==
          Approx(row["entropy"].get<double>()).epsilon(1e-10));
  RowMatrix wide = RowMatrix::Identity(2, 2);
  wide(1, 1) = 1e-60; // independent: entropies add
  const double unit = 0.5 * std::log(2 * std::numbers::pi * std::numbers::e);
  CHECK(gaussian_entropy(wide) == Approx(2 * unit - 30 * std::log(10)).epsilon(1e-12));
  CHECK(gaussian_entropy(RowMatrix::Ones(3, 3)) == -INFINITY);
  CHECK(gaussian_entropy(RowMatrix::Zero(1, 1)) == -INFINITY);
}

TEST_CASE("distributions that are none are refused", "[stats]") {
  const Values one{1}, two{1, 2};
  CHECK_THROWS_WITH(entropy(Values{}), "entropy: weights: 0 values; give at least 1");
  CHECK_THROWS_WITH(entropy(Values{0, 0}),
                    "entropy: weights: all 2 values are 0; one or more must be positive");
  CHECK_THROWS_WITH(entropy(Values{1, -1}),
                    "entropy: weights: value 2 of 2 is -1; weights are 0 or more");
  CHECK_THROWS_WITH(entropy(Values{1, NAN}), Contains("entropy: weights: value 2 of 2 is nan"));
  CHECK_THROWS_WITH(kl_divergence(one, two), "kl: q: 2 values where p has 1; give as many of each");
  CHECK_THROWS_WITH(kl_divergence(two, Values{1, INFINITY}),
                    Contains("kl: q: value 2 of 2 is inf"));
  CHECK_THROWS_WITH(jensen_shannon_distance(two, one), Contains("jensen_shannon: q: 1 values"));
  CHECK_THROWS_WITH(wasserstein(Values{}, one), Contains("wasserstein: x: 0 values"));
  CHECK_THROWS_WITH(wasserstein(one, Values{NAN}), Contains("wasserstein: y: value 1 of 1 is nan"));
  CHECK_THROWS_WITH(
      wasserstein(two, one, one),
      "wasserstein: x weights: 1 values where the sample has 2; give as many of each");
  CHECK_THROWS_WITH(wasserstein_histograms(one, one, one),
                    Contains("edges: 1 values where bins + 1 has 2"));
  CHECK_THROWS_WITH(wasserstein_histograms(one, one, Values{1, 1}),
                    Contains("edges: value 2 of 2 is 1 after 1; edges ascend"));
  CHECK_THROWS_WITH(gaussian_entropy(RowMatrix::Zero(2, 3)),
                    "gaussian_entropy: covariance: 2 x 3; give a square matrix");
  CHECK_THROWS_WITH(gaussian_entropy(RowMatrix::Constant(1, 1, -1)), Contains("a variance is -1"));
  RowMatrix bad = RowMatrix::Ones(2, 2);
  bad(0, 1) = 0.5;
  CHECK_THROWS_WITH(gaussian_entropy(bad), Contains("not symmetric"));
  bad(0, 1) = bad(1, 0) = 2;
  CHECK_THROWS_WITH(gaussian_entropy(bad), Contains("not positive semidefinite"));
}
