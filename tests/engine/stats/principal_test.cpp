// Principal components, against NumPy: eigh of the covariance of five items.

#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/principal.hpp"
#include "engine/stats/spectrum.hpp"
#include "tests/engine/stats/information_golden.hpp"

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("principal components agree with NumPy", "[stats]") {
  RowMatrix items(5, 3), expected(5, 2);
  items << 1, 2, 0, 2, 1, 1, 0, 3, -1, 4, 0, 2, 3, 5, 1;
  expected << 0.68265104, -0.96544833, -1.02121957, -0.71197804, 2.38652164, -1.21891861,
      -3.27887551, 0.16058855, 1.23092241, 2.73575643;
  CHECK((principal_components(items, 2) - expected).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("principal components do not correlate, and have the eigenvalues as variances",
          "[stats]") {
  Random random(3);
  const RowMatrix items = normals(60, 5, random) * normals(5, 5, random);
  const RowMatrix about_mean = items.rowwise() - items.colwise().mean();
  const RowMatrix covariance = about_mean.transpose() * about_mean;
  const auto eigenvalues = covariance_eigenvalues(covariance);
  const RowMatrix scores = principal_components(items, 5);
  const RowMatrix products = scores.transpose() * scores;
  for (Eigen::Index i = 0; i < 5; ++i)
    for (Eigen::Index j = 0; j < 5; ++j)
      CHECK(products(i, j) == Approx(i == j ? eigenvalues[static_cast<std::size_t>(i)] : 0)
                                  .epsilon(1e-10)
                                  .margin(1e-10 * eigenvalues[0]));
}

TEST_CASE("principal components that there are not", "[stats]") {
  RowMatrix items = RowMatrix::Ones(4, 2);
  CHECK(principal_components(items, 2).isZero());
  CHECK_THROWS_WITH(principal_components(items, 3), Contains("ask for 1 to 2"));
  items(1, 1) = NAN;
  CHECK_THROWS_WITH(principal_components(items, 1), Contains("not finite"));
}
