#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/spectrum.hpp"
#include "tests/engine/stats/information_golden.hpp"

#include <Eigen/QR>
#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("singular values and effective ranks agree with NumPy", "[stats]") {
  for (const auto& row : information_golden("spectrum")) {
    const auto values = singular_values(matrix_of(row["matrix"]));
    const auto expected = row["values"].get<Values>();
    REQUIRE(values.size() == expected.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      CHECK(values[i] == Approx(expected[i]).epsilon(1e-10).margin(1e-14 * expected[0]));
    const EffectiveRanks ranks = effective_ranks(expected);
    const auto& by_definition = row["ranks"];
    CHECK(ranks.entropy == Approx(by_definition["entropy"].get<double>()).epsilon(1e-10));
    CHECK(ranks.entropy_squared ==
          Approx(by_definition["entropy_squared"].get<double>()).epsilon(1e-10));
    CHECK(ranks.participation ==
          Approx(by_definition["participation"].get<double>()).epsilon(1e-10));
    CHECK(ranks.stable == Approx(by_definition["stable"].get<double>()).epsilon(1e-10));
    CHECK(ranks.share == by_definition["share"].get<double>());
    CHECK(ranks.condition == Approx(by_definition["condition"].get<double>()).epsilon(1e-10));
  }
}

TEST_CASE("long and wide matrices, in blocks, have the same singular values", "[stats]") {
  Random random(1);
  const RowMatrix longer = normals(1500, 6, random), wide = longer.transpose();
  const auto values = singular_values(longer), turned = singular_values(wide);
  double energy = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(turned[i] == Approx(values[i]).epsilon(1e-12));
    energy += values[i] * values[i];
  }
  CHECK(energy == Approx(longer.squaredNorm()).epsilon(1e-12));
  const auto huge = singular_values(1e200 * longer), tiny = singular_values(1e-200 * longer);
  CHECK(huge[5] == Approx(1e200 * values[5]).epsilon(1e-12));
  CHECK(tiny[5] == Approx(1e-200 * values[5]).epsilon(1e-12));
}

TEST_CASE("effective ranks of known spectra", "[stats]") {
  const EffectiveRanks equal = effective_ranks(Values(8, 3.5));
  for (const double rank :
       {equal.entropy, equal.entropy_squared, equal.participation, equal.stable})
    CHECK(rank == Approx(8).epsilon(1e-12));
  CHECK(equal.share == 1);
  CHECK(equal.condition == 1);
  const EffectiveRanks one = effective_ranks(Values{0, 2, 0, 0});
  for (const double rank : {one.entropy, one.entropy_squared, one.participation, one.stable})
    CHECK(rank == 1);
  CHECK(one.share == 0.25);
  CHECK(one.condition == INFINITY);
  const EffectiveRanks none = effective_ranks(Values{0, 0});
  for (const double rank :
       {none.entropy, none.entropy_squared, none.participation, none.stable, none.share})
    CHECK(rank == 0);
  CHECK(std::isnan(none.condition));
  CHECK(effective_ranks(Values{1e200, 1e200}).participation == Approx(2));
  CHECK(singular_values(RowMatrix::Zero(2, 3)) == Values{0, 0});
}

TEST_CASE("a random square Gaussian matrix has the known effective ranks", "[stats]") {
  Random random(2);
  const Eigen::Index n = 150;
  const auto ranks = effective_ranks(singular_values(normals(n, n, random)));
  CHECK(ranks.entropy / n == Approx(0.805).margin(0.01));
  CHECK(ranks.entropy_squared / n == Approx(0.607).margin(0.01));
  CHECK(ranks.participation / n == Approx(0.5).margin(0.02)); // moments of the law: 1 / (1 + 1)
}

TEST_CASE("rotations leave the spectrum alone", "[stats][property]") {
  Random random(4);
  for (int trial = 0; trial < 5; ++trial) {
    const RowMatrix x = normals(12, 7, random);
    const Eigen::MatrixXd turn =
        Eigen::MatrixXd(normals(12, 12, random)).householderQr().householderQ();
    const auto values = singular_values(x), turned = singular_values(turn * x);
    for (std::size_t i = 0; i < values.size(); ++i)
      CHECK(turned[i] == Approx(values[i]).epsilon(1e-11));
  }
}

TEST_CASE("components for a share of the variance agree with NumPy", "[stats]") {
  for (const auto& row : information_golden("pca")) {
    const auto values = covariance_eigenvalues(matrix_of(row["covariance"]));
    const auto expected = row["eigenvalues"].get<Values>();
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(values[i] == Approx(expected[i]).epsilon(1e-10).margin(1e-13 * expected[0]));
    for (const auto& pair : row["dimensions"])
      CHECK(pca_dimensions(values, pair[0]) == pair[1].get<int64_t>());
  }
  CHECK(pca_dimensions(Values{1, 1, 1, 1}, 0.75) == 3); // exactly enough is enough
  CHECK(pca_dimensions(Values{1, 1, 1, 1}, 1) == 4);
  CHECK(pca_dimensions(Values{0.1, 5, 0}, 0.95) == 1);
  CHECK(pca_dimensions(Values{0, 0}) == 0);
  CHECK(pca_dimensions(Values(10, 0.1), 0.3) == 3); // sums of 0.1 round
}

TEST_CASE("matrices and spectra that are none are refused", "[stats]") {
  RowMatrix bad = RowMatrix::Ones(3, 2);
  CHECK_THROWS_WITH(covariance_eigenvalues(bad),
                    "covariance_eigenvalues: 3 x 2; give a square matrix");
  bad(1, 0) = NAN;
  CHECK_THROWS_WITH(singular_values(bad),
                    "singular_values: row 2 of 3 has NaN or infinite entries; find out why they "
                    "are not finite");
  CHECK_THROWS_WITH(singular_values(RowMatrix(0, 4)), Contains("0 x 4 has no entries"));
  CHECK_THROWS_WITH(effective_ranks(Values{}), Contains("singular values: 0 values"));
  CHECK_THROWS_WITH(effective_ranks(Values{1, -2}),
                    Contains("value 2 of 2 is -2; none may be negative"));
  CHECK_THROWS_WITH(effective_ranks(Values{INFINITY}), Contains("value 1 of 1 is inf"));
  RowMatrix covariance = RowMatrix::Identity(2, 2);
  covariance(0, 1) = covariance(1, 0) = 2;
  CHECK_THROWS_WITH(covariance_eigenvalues(covariance), Contains("eigenvalue -1 beside 3"));
  covariance(1, 0) = 0;
  CHECK_THROWS_WITH(covariance_eigenvalues(covariance), Contains("not symmetric"));
  CHECK_THROWS_WITH(pca_dimensions(Values{1}, 95), Contains("pca_dimensions: share is 95"));
  CHECK_THROWS_WITH(pca_dimensions(Values{}), Contains("eigenvalues: 0 values"));
}
