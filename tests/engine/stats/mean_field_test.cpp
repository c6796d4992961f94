#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/mean_field.hpp"
#include "tests/engine/stats/information_golden.hpp"

#include <cmath>
#include <numbers>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

TEST_CASE("mean field agrees with its double sum, and with the best quantizer", "[stats]") {
  for (const auto& row : information_golden("mean_field")) {
    const int64_t levels = row["levels"];
    const MeanField best = best_mean_field(levels);
    CHECK(1 - best.chi == Approx(row["loss"].get<double>()).epsilon(1e-10));
    CHECK(1 - best.chi == Approx(row["quantizer"].get<double>()).epsilon(1e-10));
    CHECK(best.spacing == Approx(row["spacing"].get<double>()).epsilon(1e-6));
    CHECK(mean_field(levels, 0.5).chi == Approx(row["chi_half"].get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("depth scales of few levels", "[stats]") {
  CHECK(1 - best_mean_field(4).chi == Approx(0.118846).epsilon(1e-5));
  CHECK(best_mean_field(4).spacing == Approx(0.9957).epsilon(1e-4));
  CHECK(best_mean_field(16).xi == Approx(86.1).epsilon(1e-3));
  CHECK(best_mean_field(2).chi == Approx(mean_field(2, 0.7).chi).epsilon(1e-15));
  CHECK(best_mean_field(2).chi == 2 / std::numbers::pi);
  CHECK(std::isnan(best_mean_field(2).spacing));
}

TEST_CASE("the best spacing is the best, and more levels go deeper", "[stats][property]") {
  double last = 0;
  for (const int64_t levels : {2, 3, 6, 10, 100, 4096}) {
    const MeanField best = best_mean_field(levels);
    CHECK(best.xi > last);
    last = best.xi;
    CHECK(best.xi == Approx(-1 / std::log(best.chi)).epsilon(1e-6));
    if (levels > 2 && levels <= 100)
      for (double spacing = 0.01; spacing < 3; spacing *= 1.05)
        CHECK(mean_field(levels, spacing).chi <= best.chi + 1e-15);
  }
}

TEST_CASE("sparsity of pruned lognormal gradients agrees with its integral", "[stats]") {
  for (const auto& row : information_golden("lognormal"))
    CHECK(lognormal_sparsity(row["mu"], row["sigma"], row["alpha"]) ==
          Approx(row["sparsity"].get<double>()).epsilon(1e-10));
  CHECK(lognormal_sparsity(0, 1, 1) == Approx(0.2384).epsilon(1e-3));
  CHECK(lognormal_sparsity(0, 2, 5) == Approx(0.6181).epsilon(1e-3));
  CHECK(lognormal_sparsity(0, 1e-3, 2) == Approx(0.5).epsilon(1e-5)); // all gradients are 1
  CHECK(lognormal_sparsity(0, 1, 1e-300) == Approx(0).margin(1e-15));
  CHECK(lognormal_sparsity(0, 1e8, 1) == Approx(0.5).epsilon(1e-6)); // no overflow
}

TEST_CASE("levels, spacings and gradients that are none are refused", "[stats]") {
  CHECK_THROWS_WITH(best_mean_field(1), "mean_field: levels is 1; choose 2 to 65536");
  CHECK_THROWS_WITH(mean_field(1 << 20, 1), Contains("levels is 1048576"));
  CHECK_THROWS_WITH(mean_field(4, 0), "mean_field: spacing is 0; choose a positive number");
  CHECK_THROWS_WITH(mean_field(4, NAN), Contains("spacing is nan"));
  CHECK_THROWS_WITH(lognormal_sparsity(0, 0, 1), Contains("sigma 0"));
  CHECK_THROWS_WITH(lognormal_sparsity(0, 1, -1), Contains("alpha -1"));
  CHECK_THROWS_WITH(lognormal_sparsity(INFINITY, 1, 1), Contains("mu inf"));
}
