// Principal components, against NumPy: eigh of the covariance of five items.

#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/principal.hpp"
#include "engine/stats/spectrum.hpp"
#include "tests/engine/stats/information_golden.hpp"

#include <Eigen/QR>

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

TEST_CASE("items with more features than there are items", "[stats]") {
  Random random(4);
  const RowMatrix narrow = normals(5, 4, random);
  const Eigen::MatrixXd rotation =
      Eigen::HouseholderQR<Eigen::MatrixXd>(normals(60, 4, random)).householderQ() *
      Eigen::MatrixXd::Identity(60, 4);
  const RowMatrix wide = narrow * rotation.transpose(); // the same items, turned
  const RowMatrix scores = principal_components(wide, 5);
  CHECK((scores.leftCols(4).cwiseAbs() - principal_components(narrow, 4).cwiseAbs())
            .cwiseAbs()
            .maxCoeff() < 1e-10);
  CHECK(scores.col(4).cwiseAbs().maxCoeff() < 1e-6); // five items about their mean span four
  const RowMatrix loadings = wide.transpose() * scores.leftCols(4);
  for (Eigen::Index k = 0; k < 4; ++k)
    CHECK(loadings.col(k).maxCoeff() > -loadings.col(k).minCoeff());
}

TEST_CASE("principal components that there are not", "[stats]") {
  RowMatrix items = RowMatrix::Ones(4, 2);
  CHECK(principal_components(items, 2).isZero());
  CHECK_THROWS_WITH(principal_components(items, 3), Contains("ask for 1 to 2"));
  items(1, 1) = NAN;
  CHECK_THROWS_WITH(principal_components(items, 1), Contains("not finite"));
}
