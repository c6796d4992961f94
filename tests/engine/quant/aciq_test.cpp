// ACIQ's model against SciPy (tests/golden/make_aciq.py) and the published optima.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/quant/aciq.hpp"
#include "tests/support/golden.hpp"

#include <nlohmann/json.hpp>

using namespace residua;
using nlohmann::json;

static json section(const std::string& name) {
  return json::parse(read_file(golden::path("aciq.json")))[name];
}

static Law law_of(const json& row) {
  return row["law"] == "gauss" ? Law::gauss : Law::laplace;
}

TEST_CASE("ACIQ's optima for 2 to 8 bits", "[quant]") {
  const double gauss[] = {1.710635, 2.151593, 2.559136, 2.936201, 3.286914, 3.615114, 3.924035};
  const double laplace[] = {2.830683, 3.897229, 5.028640, 6.204766, 7.413126, 8.645620, 9.896760};
  for (int bits = 2; bits <= 8; ++bits) {
    CHECK(aciq_optimum(Law::gauss, bits) == Approx(gauss[bits - 2]).margin(1e-6).epsilon(0));
    CHECK(aciq_optimum(Law::laplace, bits) == Approx(laplace[bits - 2]).margin(1e-6).epsilon(0));
  }
}

TEST_CASE("ACIQ's error equals the integral of the clipped part and the rounding noise",
          "[quant][golden]") {
  const json rows = section("errors");
  CHECK(rows.size() == 50);
  for (const json& row : rows) {
    INFO(row.dump());
    CHECK(aciq_error(law_of(row), row["a"], row["bits"]) ==
          Approx(row["error"].get<double>()).epsilon(1e-10));
  }
}

TEST_CASE("ACIQ's optima are those of SciPy", "[quant][golden]") {
  for (const json& row : section("optima")) {
    INFO(row.dump());
    const double own = aciq_optimum(law_of(row), row["bits"]);
    CHECK(own == Approx(row["a"].get<double>()).epsilon(1e-5));
    CHECK(aciq_error(law_of(row), own, row["bits"]) <= row["error"].get<double>() * (1 + 1e-12));
  }
}

TEST_CASE("ACIQ's optimum is a minimum, and the only one", "[quant][property]") {
  for (const Law law : {Law::gauss, Law::laplace})
    for (const double bits : {1.0, std::log2(3.0), 2.0, 3.5, 4.0, 8.0, 9.0}) {
      INFO(bits << " bits");
      const double best = aciq_optimum(law, bits);
      for (double step = 1e-3; step < 4; step *= 2) { // the error rises on both sides
        CHECK(aciq_error(law, best * (1 + step), bits) <
              aciq_error(law, best * (1 + 2 * step), bits));
        CHECK(aciq_error(law, best, bits) < aciq_error(law, best * (1 + step), bits));
        CHECK(aciq_error(law, best, bits) < aciq_error(law, best / (1 + step), bits));
        CHECK(aciq_error(law, best / (1 + step), bits) <
              aciq_error(law, best / (1 + 2 * step), bits));
      }
    }
}

TEST_CASE("ACIQ's error has the limits of its model", "[quant]") {
  CHECK(aciq_error(Law::gauss, 0, 4) == Approx(1)); // all is clipped to the mean: the variance
  CHECK(aciq_error(Law::laplace, 0, 4) == Approx(2));
  for (const Law law : {Law::gauss, Law::laplace}) {
    CHECK(aciq_error(law, 50, 4) == Approx(50 * 50 / (3 * 256.0)));
    for (int bits = 2; bits < 9; ++bits)
      CHECK(aciq_optimum(law, bits) < aciq_optimum(law, bits + 1));
  }
}
