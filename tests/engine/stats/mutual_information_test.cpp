#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/mutual_information.hpp"
#include "tests/engine/stats/information_golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("mutual information agrees with scikit-learn and with all pairs", "[stats]") {
  for (const auto& row : information_golden("information")) {
    const RowMatrix x = matrix_of(row["x"]), y = matrix_of(row["y"]);
    const double mine = mutual_information(x, y, {.neighbors = row["k"]});
    CHECK(mine == Approx(row["brute"].get<double>()).epsilon(1e-10).margin(1e-12));
    if (row.contains("sklearn")) // which shows 0 for what is negative
      CHECK(std::max(mine, 0.0) ==
            Approx(row["sklearn"].get<double>()).epsilon(1e-10).margin(1e-12));
    CHECK(mutual_information(y, x, {.neighbors = row["k"]}) == Approx(mine).margin(1e-12));
  }
}

TEST_CASE("mutual information of a bivariate Gaussian", "[stats]") {
  Random random(7);
  const RowMatrix z = normals(2000, 2, random);
  const RowMatrix x = z.col(0), y = 0.9 * z.col(0) + std::sqrt(1 - 0.81) * z.col(1);
  const double truth = -0.5 * std::log(1 - 0.81);                // 0.8304
  CHECK(mutual_information(x, y) == Approx(truth).margin(0.07)); // 3 standard deviations
  CHECK(mutual_information(1e150 * x, 1e-150 * y) == Approx(mutual_information(x, y)).margin(1e-3));
  CHECK(mutual_information(x, z.col(1)) == Approx(0).margin(0.05));
}

TEST_CASE("ties: discrete, constant and repeated data", "[stats]") {
  Random random(9);
  RowMatrix x(1000, 1), y(1000, 1);
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    x(i) = static_cast<double>(random.below(2));
    y(i) = random.uniform() < 0.8 ? x(i) : 1 - x(i);
  }
  // a binary symmetric channel: ln 2 - H(0.2) = 0.1927
  CHECK(mutual_information(x, y) == Approx(0.1927).margin(0.06));
  CHECK(mutual_information(x, y) == mutual_information(x, y));
  CHECK(mutual_information(x, y, {.seed = 2}) != mutual_information(x, y));
  const RowMatrix constant = RowMatrix::Constant(1000, 1, 0.1);
  CHECK(mutual_information(constant, normals(1000, 1, random)) == Approx(0).margin(1e-9));
  CHECK(mutual_information(constant, constant) == Approx(0).margin(0.1)); // noise with noise
}

TEST_CASE("the fewest items, and items that do not fit", "[stats]") {
  Random random(11);
  const RowMatrix x = normals(4, 1, random), y = normals(5, 1, random);
  CHECK(mutual_information(x, x.topRows(4), {.neighbors = 3}) == Approx(0).margin(1e-12));
  CHECK_THROWS_WITH(mutual_information(x, y),
                    "mutual_information: y has 5 items where x has 4; give the same items in the "
                    "same order");
  for (const Eigen::Index few : {0, 1, 2, 3})
    CHECK_THROWS_WITH(mutual_information(x.topRows(few), x.topRows(few)),
                      Contains("items for 3 neighbors; give more items than neighbors"));
  CHECK_THROWS_WITH(mutual_information(x, x, {.neighbors = 0}),
                    "mutual_information: neighbors is 0; choose 1 or more, such as 3");
  CHECK_THROWS_WITH(mutual_information(x, RowMatrix(4, 0)), Contains("y has no features"));
  RowMatrix bad = x;
  bad(2) = INFINITY;
  CHECK_THROWS_WITH(mutual_information(bad, x),
                    Contains("mutual_information: x: item 3 of 4 has NaN or infinite features"));
}
