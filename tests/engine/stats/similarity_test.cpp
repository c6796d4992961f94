#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/similarity.hpp"
#include "tests/engine/stats/golden.hpp"

#include <Eigen/QR>
#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

RowMatrix matrix_of(const nlohmann::json& rows) {
  RowMatrix result(rows.size(), rows[0].size());
  for (Eigen::Index i = 0; i < result.rows(); ++i)
    for (Eigen::Index j = 0; j < result.cols(); ++j)
      result(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return result;
}

RowMatrix normals(Eigen::Index rows, Eigen::Index columns, Random& random) {
  RowMatrix result(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < columns; ++j)
      result(i, j) = random.normal();
  return result;
}

} // namespace

TEST_CASE("unbiased HSIC and CKA agree with the reference", "[stats]") {
  for (const auto& entry : golden()["cka"]) {
    const RowMatrix x = matrix_of(entry["x"]), y = matrix_of(entry["y"]);
    CHECK(unbiased_hsic(x, y) == Approx(entry["hsic_xy"].get<double>()).epsilon(1e-10));
    CHECK(unbiased_hsic(x, x) == Approx(entry["hsic_xx"].get<double>()).epsilon(1e-10));
    CHECK(unbiased_hsic(y, y) == Approx(entry["hsic_yy"].get<double>()).epsilon(1e-10));
    CHECK(linear_cka(x, y) == Approx(entry["cka"].get<double>()).epsilon(1e-10));
    CHECK(linear_cka(y, x) == Approx(entry["cka"].get<double>()).epsilon(1e-10));
  }
}

TEST_CASE("CKA ignores offset, scale and rotation, and is 1 with itself", "[stats]") {
  Random random(1);
  const RowMatrix x = normals(20, 6, random),
                  y = x * normals(6, 9, random) + normals(20, 9, random);
  const double cka = linear_cka(x, y);
  const Eigen::MatrixXd rotation =
      Eigen::MatrixXd(normals(6, 6, random)).householderQr().householderQ();
  const RowMatrix turned = x * rotation;
  const RowMatrix moved = (1e-5 * x).rowwise() + 3 * Eigen::RowVectorXd::Ones(6);
  CHECK(linear_cka(turned, y) == Approx(cka).epsilon(1e-9));
  CHECK(linear_cka(moved, y) == Approx(cka).epsilon(1e-7));
  CHECK(linear_cka(1e200 * x, 1e-200 * y) == Approx(cka).epsilon(1e-9));
  CHECK(linear_cka(x, x) == Approx(1).epsilon(1e-12));
  CHECK(linear_cka(x, moved) == Approx(1).epsilon(1e-7));
}

TEST_CASE("both forms of the Gram product agree", "[stats]") {
  Random random(2);
  const RowMatrix x = normals(10, 300, random); // wide: the n x n form
  RowMatrix narrow = x.leftCols(8);             // narrow: the p x q form
  const RowMatrix padded = (RowMatrix(10, 400) << narrow, RowMatrix::Zero(10, 392)).finished();
  CHECK(unbiased_hsic(narrow, narrow) == Approx(unbiased_hsic(padded, padded)).epsilon(1e-10));
}

TEST_CASE("independent representations have no CKA, even in many dimensions", "[stats]") {
  Random random(3);
  double sum = 0;
  for (int i = 0; i < 10; ++i)
    sum += linear_cka(normals(50, 768, random), normals(50, 768, random));
  CHECK(sum / 10 == Approx(0).margin(0.05)); // the biased estimate is 0.93 here
}

TEST_CASE("a representation without variance has no CKA", "[stats]") {
  Random random(4);
  const RowMatrix constant = RowMatrix::Constant(50, 3, 0.1);
  CHECK(std::isnan(linear_cka(constant, normals(50, 3, random))));
  CHECK(std::isnan(linear_cka(constant, constant)));
}

TEST_CASE("the mean cosine is over aligned rows", "[stats]") {
  RowMatrix x(4, 2), y(4, 2);
  x << 1, 0, 2, 0, 1e200, 1e200, 0, 0;
  y << 5, 0, 0, 1, -1e-200, -1e-200, 1, 1;
  CHECK(mean_cosine(x, y) == Approx((1.0 + 0 - 1 + 0) / 4).margin(1e-15));
  CHECK(mean_cosine(x.topRows(3), x.topRows(3)) == Approx(1));
  const RowMatrix shifted = x.topRows(2).rowwise() + Eigen::RowVector2d(7, 7);
  CHECK(centered(shifted).isApprox(centered(x.topRows(2)), 1e-12));
}

TEST_CASE("maps pass without a copy", "[stats]") {
  const std::vector<double> buffer{1, 2, 3, 4, 5, 6};
  const Eigen::Map<const RowMatrix> map(buffer.data(), 3, 2);
  const Representation view(map);
  CHECK(view.data() == buffer.data());
  CHECK(mean_cosine(map, map) == Approx(1));
}

TEST_CASE("retrieval finds each item's own row in both directions", "[stats]") {
  Random random(5);
  const RowMatrix x = normals(300, 16, random);
  CHECK(retrieval(x, 3 * x) == 1);
  CHECK(retrieval(x, -x) == 0);
  RowMatrix one = RowMatrix::Identity(3, 3), other(3, 3);
  other << 1, 0, 0, /**/ 0.9, 0.5, 0, /**/ 0, 0,
      1; // item 2 of `other` is nearer to item 1 of `one`
  // from one: 1 -> 1, 2 -> 2, 3 -> 3; from other: 1 -> 1, 2 -> 1 (a miss), 3 -> 3
  CHECK(retrieval(one, other) == Approx((1 + 2.0 / 3) / 2));
  CHECK(retrieval(RowMatrix::Ones(200, 3), RowMatrix::Ones(200, 3)) ==
        Approx(1 / 200.0)); // all tie: chance
  CHECK(retrieval(RowMatrix::Zero(4, 3), RowMatrix::Ones(4, 3)) == Approx(1 / 4.0));
}

TEST_CASE("representations that do not fit are refused", "[stats]") {
  const RowMatrix x = RowMatrix::Random(5, 3), y = RowMatrix::Random(6, 3),
                  z = RowMatrix::Random(5, 2);
  RowMatrix bad = x;
  bad(3, 1) = NAN;
  CHECK_THROWS_WITH(linear_cka(x, y),
                    Contains("linear_cka: y has 6 items where x has 5; give the same items"));
  CHECK_THROWS_WITH(linear_cka(x.topRows(3), z.topRows(3)),
                    Contains("linear_cka: x: 3 items of 3 features; give at least 4 items"));
  CHECK_THROWS_WITH(linear_cka(x, bad),
                    Contains("linear_cka: y: item 4 of 5 has NaN or infinite features"));
  CHECK_THROWS_WITH(mean_cosine(x, z), Contains("mean_cosine: y has 2 features where x has 3"));
  CHECK_THROWS_WITH(retrieval(x, z), Contains("retrieval: y has 2 features"));
  CHECK_THROWS_WITH(retrieval(RowMatrix(0, 3), RowMatrix(0, 3)), Contains("retrieval: x: 0 items"));
}
