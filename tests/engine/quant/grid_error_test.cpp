// The error of a grid under a law, against SciPy (tests/golden/make_aciq.py) and against samples.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/quant/block.hpp"
#include "engine/quant/grid_error.hpp"
#include "engine/stats/random.hpp"
#include "tests/support/golden.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

using namespace residua;
using nlohmann::json;

static json section(const std::string& name) {
  return json::parse(read_file(golden::path("aciq.json")))[name];
}

static Law law_of(const json& row) {
  return row["law"] == "gauss" ? Law::gauss : Law::laplace;
}

/// "symmetric 4", "fp8_e4m3".
static Grid grid_of(const std::string& name) {
  const auto space = name.find(' ');
  const auto kind = std::find(std::begin(kGridNames), std::end(kGridNames), name.substr(0, space));
  Grid grid{static_cast<GridKind>(kind - std::begin(kGridNames)), 4};
  if (space != std::string::npos)
    grid.bits = std::stoi(name.substr(space + 1));
  else
    grid.bits = static_cast<int>(std::ceil(std::log2(grid.levels().size())));
  return grid;
}

/// `n` numbers with the law, of unit scale.
static std::vector<float> sample(Law law, std::size_t n, uint64_t seed) {
  stats::Random random(seed);
  std::vector<float> values(n);
  for (float& value : values) {
    const double sign = random.uniform() < 0.5 ? -1 : 1;
    value = static_cast<float>(law == Law::gauss ? random.normal()
                                                 : -sign * std::log(1 - random.uniform()));
  }
  return values;
}

/// Mean squared error of the values on the grid, with this rule.
static double empirical_error(std::vector<float> values, const Grid& grid, const Clip& clip) {
  BlockRules rules;
  rules.grid = grid;
  rules.clip = clip;
  ErrorSums sums;
  quantize_block(values, rules, 0, &sums);
  return (sums.rounding_error + sums.clipping_error) / sums.count;
}

TEST_CASE("the error of every grid equals the integral over its cells", "[quant][golden]") {
  const json rows = section("grids");
  std::set<std::string> seen;
  for (const json& row : rows) {
    INFO(row.dump());
    const Grid grid = grid_of(row["grid"]);
    const double threshold = row["scale"].get<double>() * grid.top();
    const double error = row["error"];
    CHECK(grid_error(grid, law_of(row), threshold) == Approx(error).epsilon(1e-7).margin(1e-12));
    seen.insert(grid.name());
  }
  CHECK(seen.size() == 27);
}

TEST_CASE("the threshold of the least error is that of SciPy", "[quant][golden]") {
  for (const json& row : section("best")) {
    INFO(row.dump());
    const Grid grid = grid_of(row["grid"]);
    const double own = grid_optimum(grid, law_of(row)), error = row["error"];
    CHECK(grid_error(grid, law_of(row), own) == Approx(error).epsilon(1e-7));
    CHECK(own / grid.top() == Approx(row["scale"].get<double>()).epsilon(1e-3));
  }
}

TEST_CASE("optima by known numbers", "[quant]") {
  CHECK(grid_optimum({GridKind::symmetric, 4}, Law::gauss) == Approx(2.474).epsilon(1e-3));
  // The best scale of binary is E|x|, and the error what is left of the variance.
  CHECK(grid_optimum({GridKind::binary, 1}, Law::gauss) ==
        Approx(std::sqrt(2 / M_PI)).epsilon(1e-5));
  CHECK(grid_optimum({GridKind::binary, 1}, Law::laplace) == Approx(1).epsilon(1e-5));
  CHECK(grid_error({GridKind::binary, 1}, Law::gauss, std::sqrt(2 / M_PI)) == Approx(1 - 2 / M_PI));
  // Three levels: Lloyd and Max have the error 0.1902 of a Gaussian, at 1.2240 with borders at
  // half.
  CHECK(grid_optimum({GridKind::ternary, 2}, Law::gauss) == Approx(1.2240).epsilon(1e-4));
  CHECK(grid_error({GridKind::ternary, 2}, Law::gauss, 1.2240) == Approx(0.1902).epsilon(1e-3));
}

TEST_CASE("the best threshold of a sample is that of the law", "[quant][property]") {
  for (const Law law : {Law::gauss, Law::laplace}) {
    const auto values = sample(law, 200000, 17);
    float most = 0;
    for (const float value : values)
      most = std::max(most, std::abs(value));
    std::set<std::string> seen;
    for (const json& row : section("grids")) {
      const Grid grid = grid_of(row["grid"]);
      if (grid.kind == GridKind::asymmetric || !seen.insert(grid.name()).second)
        continue; // the search moves both ends of an asymmetric range: see the next test
      INFO(grid.name() << (law == Law::gauss ? ", Gauss" : ", Laplace"));
      const double best = grid_optimum(grid, law);
      const double least = best < most ? empirical_error(values, grid, {ClipRule::fixed, best})
                                       : empirical_error(values, grid, {ClipRule::absmax});
      const double searched = empirical_error(values, grid, {ClipRule::mse});
      CHECK(searched <= least * 1.002);
      // The sample's own error is random: at 8 bits that of a few clipped values of a Laplace law.
      CHECK(searched == Approx(grid_error(grid, law, std::min<double>(best, most))).epsilon(0.1));
    }
  }
}

TEST_CASE("the search on an asymmetric grid is as good as the best threshold",
          "[quant][property]") {
  for (const Law law : {Law::gauss, Law::laplace})
    for (int bits = 2; bits <= 8; ++bits) {
      INFO(bits << (law == Law::gauss ? " bits, Gauss" : " bits, Laplace"));
      const Grid grid{GridKind::asymmetric, bits}, full{GridKind::full, bits};
      const auto values = sample(law, 200000, 18);
      const double searched = empirical_error(values, grid, {ClipRule::mse});
      const double best = grid_optimum(full, law); // 2^bits levels about 0
      CHECK(searched <= empirical_error(values, grid, {ClipRule::absmax}));
      CHECK(searched <= 1.02 * empirical_error(values, grid, {ClipRule::fixed, best}));
    }
}
