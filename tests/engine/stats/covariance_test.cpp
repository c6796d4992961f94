#include "tests/support/catch.hpp"
#include "tests/support/message.hpp"

#include "engine/stats/covariance.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden_fits.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

RowMatrix rows_of(const nlohmann::json& rows) {
  RowMatrix result(rows.size(), rows[0].size());
  for (Eigen::Index i = 0; i < result.rows(); ++i)
    for (Eigen::Index j = 0; j < result.cols(); ++j)
      result(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return result;
}

/// Correlated features, of unlike offsets.
RowMatrix sample_rows(Eigen::Index n, uint64_t seed) {
  Random random(seed);
  RowMatrix rows(n, 5);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < 5; ++j)
      rows(i, j) = random.normal() + (j > 0 ? 0.7 * rows(i, j - 1) : 3);
  return rows;
}

Covariance covariance_of(const RowMatrix& rows) {
  Covariance result;
  result.add(rows);
  return result;
}

bool near(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, double tolerance) {
  return (a - b).norm() <= tolerance * b.norm();
}

} // namespace

TEST_CASE("mean, covariance and eigenvalues are numpy's, with weights too", "[stats]") {
  const auto& golden = golden_fits()["covariance"];
  const RowMatrix rows = rows_of(golden["rows"]), expected = rows_of(golden["cov"]);
  const Covariance plain = covariance_of(rows);
  const auto mean = golden["mean"].get<Values>(), eigenvalues = golden["eigenvalues"].get<Values>();
  for (std::size_t i = 0; i < mean.size(); ++i) {
    CHECK(plain.mean()[static_cast<int>(i)] == Approx(mean[i]).epsilon(1e-12));
    CHECK(plain.eigenvalues()[static_cast<int>(i)] ==
          Approx(eigenvalues[i]).epsilon(1e-10).margin(1e-10));
  }
  CHECK(near(plain.covariance(), expected, 1e-11)); // numpy's loses digits to the offset of 1e4
  Covariance weighted;
  weighted.add(rows, golden["weights"].get<Values>());
  CHECK(near(weighted.covariance(), rows_of(golden["weighted_cov"]), 1e-11));
  CHECK(weighted.mean()[3] == Approx(golden["weighted_mean"][3].get<double>()).epsilon(1e-12));
}

TEST_CASE("any split of the rows merges to one pass", "[stats]") {
  const RowMatrix rows = sample_rows(3000, 1);
  const Eigen::RowVectorXd mean = rows.colwise().mean();
  const RowMatrix centred = rows.rowwise() - mean;
  const Eigen::MatrixXd expected = centred.transpose() * centred / 2999;
  CHECK(near(covariance_of(rows).covariance(), expected, 1e-12));
  Random random(2);
  for (int round = 0; round < 50; ++round) {
    std::vector<Covariance> parts(1 + random.below(8));
    for (Eigen::Index from = 0; from < rows.rows();) {
      const auto size = std::min<Eigen::Index>(1 + static_cast<Eigen::Index>(random.below(1500)),
                                               rows.rows() - from);
      parts[random.below(parts.size())].add(rows.middleRows(from, size));
      from += size;
    }
    Covariance merged;
    for (const Covariance& part : parts)
      merged.merge(part);
    REQUIRE(merged.count() == 3000);
    REQUIRE(near(merged.covariance(), expected, 1e-12));
    REQUIRE(near(merged.mean(), mean.transpose(), 1e-12));
  }
}

TEST_CASE("float rows are read as doubles, an offset costs no digits", "[stats]") {
  const FloatRowMatrix floats = sample_rows(2000, 3).cast<float>();
  Covariance own;
  own.add(floats);
  const RowMatrix doubles = floats.cast<double>();
  CHECK(own.covariance() == covariance_of(doubles).covariance());
  RowMatrix steps = (doubles * 1024).array().round() / 1024;
  const Eigen::MatrixXd plain = covariance_of(steps).covariance();
  steps.array() += 1e6;
  CHECK(near(covariance_of(steps).covariance(), plain, 1e-9));
}

TEST_CASE("constant and few rows have defined covariances", "[stats]") {
  const Covariance constant = covariance_of(RowMatrix::Constant(3000, 2, 0.1));
  CHECK(constant.mean()[0] == 0.1);
  CHECK(constant.covariance() == Eigen::MatrixXd::Zero(2, 2));
  CHECK(constant.eigenvalues() == Eigen::VectorXd::Zero(2));
  RowMatrix two(2, 1);
  two << 1, 3;
  CHECK(covariance_of(two).covariance()(0, 0) == 2);
  Covariance none;
  none.merge({});
  CHECK(none.count() == 0);
  none.merge(covariance_of(two));
  none.merge({});
  CHECK(none.mean()[0] == 2);
}

TEST_CASE("rows that do not fit are refused, and change nothing", "[stats]") {
  Covariance own = covariance_of(RowMatrix::Ones(1, 2));
  CHECK(message_of([&] { own.covariance(); }) == "Covariance: covariance of 1 row; add at least 2");
  CHECK_THAT(message_of([] { Covariance().covariance(); }), Contains("covariance of 0 rows"));
  CHECK_THAT(message_of([] { Covariance().mean(); }), Contains("mean of no rows; add some first"));
  RowMatrix bad = RowMatrix::Ones(3, 2);
  CHECK_THAT(message_of([&] { own.add(bad, Values{1, 2}); }), Contains("2 weights of 3 values"));
  CHECK_THAT(message_of([&] { own.add(bad, Values{1, -2, 0}); }), Contains("weight 2 of 3 is -2"));
  bad(1, 1) = NAN;
  CHECK_THAT(message_of([&] { own.add(bad); }),
             Contains("row 2 of 3 has NaN or infinite features"));
  CHECK_THAT(message_of([&] { own.add(RowMatrix::Ones(2, 3)); }),
             Contains("rows of 3 features after rows of 2; give as many each time"));
  CHECK_THAT(message_of([&] { own.merge(covariance_of(RowMatrix::Ones(2, 3))); }),
             Contains("merge of 2 and 3 features"));
  CHECK_THAT(message_of([&] { Covariance().add(RowMatrix(2, 0)); }),
             Contains("rows of 0 features"));
  CHECK(own.count() == 1);
}
