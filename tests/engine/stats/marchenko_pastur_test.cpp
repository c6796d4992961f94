#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/marchenko_pastur.hpp"
#include "engine/stats/spectrum.hpp"
#include "tests/engine/stats/information_golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("the Marchenko-Pastur law agrees with its integral", "[stats]") {
  for (const auto& point : information_golden("law")["points"]) {
    const MarchenkoPastur law(point["ratio"], point["variance"]);
    INFO("ratio " << law.ratio() << " x " << point["x"]);
    CHECK(law.density(point["x"]) == Approx(point["density"].get<double>()).epsilon(1e-10));
    CHECK(law.cdf(point["x"]) == Approx(point["cdf"].get<double>()).margin(1e-10));
  }
}

TEST_CASE("edges of the law", "[stats]") {
  const MarchenkoPastur law(0.25, 2);
  CHECK(law.lower() == 0.5);
  CHECK(law.upper() == 4.5);
  for (const double x : {-1.0, 0.0, 0.5, 4.5, 9.0})
    CHECK(law.density(x) == 0);
  CHECK(law.cdf(0.5) == 0);
  CHECK(law.cdf(4.5) == 1);
  const MarchenkoPastur beyond(4, 1); // three quarters of the eigenvalues are 0
  CHECK(beyond.cdf(-1e-9) == 0);
  CHECK(beyond.cdf(0) == 0.75);
  CHECK(beyond.cdf(beyond.lower()) == Approx(0.75).epsilon(1e-12));
  CHECK(beyond.cdf(beyond.upper()) == 1);
  CHECK(MarchenkoPastur(1, 1).cdf(0) == 0);
  CHECK(MarchenkoPastur(1, 1).cdf(1e-300) >= 0);
}

TEST_CASE("the distance of a spectrum agrees with SciPy", "[stats]") {
  for (const auto& row : information_golden("law")["matrices"]) {
    const RowMatrix matrix = matrix_of(row["matrix"]);
    const double variance = entry_variance(matrix);
    CHECK(variance == Approx(row["variance"].get<double>()).epsilon(1e-12));
    const auto fit = compare_with_marchenko_pastur(singular_values(matrix), matrix.rows(),
                                                   matrix.cols(), variance);
    CHECK(fit.ks == Approx(row["ks"].get<double>()).margin(1e-10));
    CHECK(fit.share_outside == Approx(row["outside"].get<double>()));
    CHECK(fit.ratio <= 1);
  }
}

TEST_CASE("random matrices follow the law, a strong direction does not", "[stats]") {
  Random random(6);
  const RowMatrix noise = normals(400, 100, random);
  const auto fit = [](const RowMatrix& matrix) {
    return compare_with_marchenko_pastur(singular_values(matrix), matrix.rows(), matrix.cols(),
                                         entry_variance(matrix));
  };
  CHECK(fit(noise).ks < 0.03);
  CHECK(fit(noise.transpose()).ks == Approx(fit(noise).ks).margin(1e-10));
  const RowMatrix spiked = noise + normals(400, 1, random) * normals(1, 100, random);
  CHECK(fit(spiked).ks > 0.2);
  CHECK(fit(spiked).share_outside > 0.2);
  CHECK(fit(RowMatrix::Identity(1, 2)).ks > 0); // 1 x 2: one eigenvalue, still defined
}

TEST_CASE("laws and spectra that do not fit are refused", "[stats]") {
  CHECK_THROWS_WITH(MarchenkoPastur(0, 1),
                    "marchenko_pastur: ratio is 0; choose a positive number");
  CHECK_THROWS_WITH(MarchenkoPastur(1, NAN), Contains("variance is nan"));
  CHECK_THROWS_WITH(compare_with_marchenko_pastur(Values{1}, 1, 1, 0), Contains("variance is 0"));
  CHECK_THROWS_WITH(compare_with_marchenko_pastur(Values{1}, 3, 2, 1),
                    Contains("singular values: 1 values where the shorter side has 2"));
  CHECK_THROWS_WITH(compare_with_marchenko_pastur(Values{NAN}, 3, 1, 1), Contains("is nan"));
  CHECK_THROWS_WITH(compare_with_marchenko_pastur(Values{}, 3, 0, 1), Contains("0 values"));
  CHECK_THROWS_WITH(entry_variance(RowMatrix(0, 2)), Contains("matrix: 0 values"));
}
