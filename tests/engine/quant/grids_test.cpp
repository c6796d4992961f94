// Grids against compressed-tensors, torchao and bitsandbytes (tests/golden/make_grids.py), their
// levels, and stochastic rounding.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/quant/quantizer.hpp"
#include "engine/stats/random.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

using namespace residua;
using nlohmann::json;

static const Grid kFp8{GridKind::fp8_e4m3, 8}, kFp8Wide{GridKind::fp8_e5m2, 8},
    kFp4{GridKind::fp4_e2m1, 4}, kNf4{GridKind::nf4, 4}, kTernary{GridKind::ternary, 2},
    kBinary{GridKind::binary, 1};

static std::vector<Grid> all_grids() {
  std::vector<Grid> grids = {kFp8, kFp8Wide, kFp4, kNf4, kTernary, kBinary};
  for (int bits = 2; bits <= 8; ++bits)
    for (const auto kind : {GridKind::symmetric, GridKind::full, GridKind::asymmetric})
      grids.push_back({kind, bits});
  return grids;
}

static Quantizer quantizer_of(const json& test) {
  struct Format {
    Grid grid;
    ScaleFormat scale = ScaleFormat::float32;
    ClipRule clip = ClipRule::absmax;
  };
  static const std::map<std::string, Format> formats = {
      {"fp8_e4m3", {kFp8}},
      {"fp8_e5m2", {kFp8Wide}},
      {"fp4_e2m1", {kFp4}},
      {"nf4", {kNf4}},
      {"mxfp4", {kFp4, ScaleFormat::power_of_two}},
      {"mxfp8_e4m3", {kFp8, ScaleFormat::power_of_two}},
      {"mxfp8_e5m2", {kFp8Wide, ScaleFormat::power_of_two}},
      {"nvfp4", {kFp4, ScaleFormat::e4m3}},
      {"ternary", {kTernary, ScaleFormat::float32, ClipRule::absmean}},
      {"binary", {kBinary, ScaleFormat::float32, ClipRule::absmean}}};
  const Format& format = formats.at(test["format"]);
  Quantizer quantizer;
  quantizer.grid = format.grid;
  quantizer.scale_format = format.scale;
  quantizer.clip.rule = format.clip;
  quantizer.per = test["granularity"] == "tensor"    ? Granularity::tensor
                  : test["granularity"] == "channel" ? Granularity::channel
                                                     : Granularity::group;
  quantizer.group_size = test["group_size"];
  return quantizer;
}

static float rounded(float value, const Grid& grid) {
  round_to_codes({&value, 1}, grid);
  return value;
}

static float rounded(float value, const Grid& grid, float uniform) {
  round_to_codes({&value, 1}, grid, {&uniform, 1});
  return value;
}

/// Normal numbers times 0.6 of the greatest code: some lie beyond the ends.
static std::vector<float> values_for(const Grid& grid, std::size_t n, uint64_t seed) {
  stats::Random random(seed);
  std::vector<float> values(n);
  for (float& value : values)
    value = static_cast<float>(random.normal()) * 0.6F * grid.highest();
  return values;
}

TEST_CASE("all golden cases of other grids are equal bit for bit", "[quant][golden]") {
  const auto tensors = Safetensors::open(golden::path("grids.safetensors")).tensors();
  const json cases = json::parse(read_file(golden::path("grids.json")))["cases"];
  CHECK(cases.size() == 280);
  for (const json& test : cases) {
    INFO(test["result"].get<std::string>());
    CHECK(
        at::equal(quantizer_of(test).apply(tensors.at(test["input"])), tensors.at(test["result"])));
  }
}

TEST_CASE("finite input stays finite on every grid and scale", "[quant][property]") {
  const float most = 1e38F, least = 0x1p-149F; // ranges and ends are below the greatest float
  for (const Grid& grid : all_grids())
    for (const auto scale : {ScaleFormat::float32, ScaleFormat::power_of_two, ScaleFormat::e4m3})
      for (const float size : {most, 1e-36F, 1e-41F, least}) {
        if (grid.kind == GridKind::asymmetric && scale != ScaleFormat::float32)
          continue;
        Quantizer quantizer;
        quantizer.grid = grid;
        quantizer.scale_format = scale;
        quantizer.per = Granularity::channel;
        INFO(quantizer.describe() << ", absmax " << size);
        const at::Tensor rows = at::tensor({size, -size, 0.0F, size / 3}).reshape({1, 4});
        CHECK(quantizer.apply(at::cat({rows, rows * 0})).isfinite().all().item<bool>());
      }
}

TEST_CASE("levels ascend, and are as many as the format has", "[quant]") {
  for (const Grid& grid : all_grids()) {
    INFO(grid.name());
    const auto levels = grid.levels();
    CHECK(std::is_sorted(levels.begin(), levels.end(), std::less_equal<>()));
    CHECK(levels.front() == grid.lowest());
    CHECK(levels.back() == grid.highest());
    if (grid.is_integer())
      CHECK(levels.size() == (1U << grid.bits) - (grid.kind == GridKind::symmetric ? 1U : 0U));
  }
  // 256 bytes less NaN (E4M3: 2; E5M2: 6, and 2 infinities) and one of the two zeros.
  CHECK(kFp8.levels().size() == 253);
  CHECK(kFp8.highest() == 448);
  CHECK(kFp8Wide.levels().size() == 247);
  CHECK(kFp8Wide.highest() == 57344);
  CHECK(kFp4.levels() ==
        std::vector<float>{-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6});
  CHECK(kNf4.levels().size() == 16);
  CHECK(kTernary.levels() == std::vector<float>{-1, 0, 1});
  CHECK(kBinary.levels() == std::vector<float>{-1, 1});
}

TEST_CASE("the least positive levels of the float grids", "[quant]") {
  for (const auto& [grid, least] :
       std::map<const Grid*, float>{{&kFp8, 0x1p-9F}, {&kFp8Wide, 0x1p-16F}, {&kFp4, 0.5F}}) {
    const auto levels = grid->levels();
    CHECK(*std::upper_bound(levels.begin(), levels.end(), 0.0F) == least);
  }
}

TEST_CASE("levels round to themselves, other values to the nearest", "[quant][property]") {
  for (const Grid& grid : all_grids()) {
    INFO(grid.name());
    const auto levels = grid.levels();
    auto rounded_levels = levels;
    round_to_codes(rounded_levels, grid);
    CHECK(rounded_levels == levels);
    for (const float value : values_for(grid, 300, 5)) {
      const double distance = std::abs(static_cast<double>(value) - rounded(value, grid));
      double least = distance;
      for (const float level : levels)
        least = std::min(least, std::abs(static_cast<double>(value) - level));
      CHECK(distance == least);
    }
  }
}

TEST_CASE("ties go to the even integer or mantissa, of table levels to the lower", "[quant]") {
  for (const auto& [value, code] : std::map<float, float>{
           {0.5F, 0}, {1.5F, 2}, {2.5F, 2}, {-0.5F, 0}, {-1.5F, -2}, {6.5F, 6}, {7.5F, 7}})
    CHECK(rounded(value, {GridKind::symmetric, 4}) == code);
  for (const auto& [value, code] : std::map<float, float>{
           {0.25F, 0}, {0.75F, 1}, {1.25F, 1}, {1.75F, 2}, {2.5F, 2}, {3.5F, 4}, {5, 4}}) {
    CHECK(rounded(value, kFp4) == code);
    CHECK(rounded(-value, kFp4) == -code);
  }
  CHECK(rounded(0.5F, kTernary) == 0);
  CHECK(rounded(-0.5F, kTernary) == -1);
  CHECK(rounded(0, kBinary) == -1);
}

TEST_CASE("values beyond the ends, with either rounding, become the ends", "[quant]") {
  for (const Grid& grid : all_grids())
    for (const float factor : {1.0F, 1.01F, 100.0F}) {
      INFO(grid.name());
      CHECK(rounded(factor * grid.highest(), grid) == grid.highest());
      CHECK(rounded(factor * grid.lowest(), grid) == grid.lowest());
      for (const float uniform : {0.0F, 0.999F}) {
        CHECK(rounded(factor * grid.highest(), grid, uniform) == grid.highest());
        CHECK(rounded(factor * grid.lowest(), grid, uniform) == grid.lowest());
      }
    }
}

TEST_CASE("stochastic rounding picks the level below or above by their distances", "[quant]") {
  stats::Random random(3);
  for (const Grid& grid : all_grids()) {
    INFO(grid.name());
    const auto levels = grid.levels();
    for (const float value : values_for(grid, 200, 6)) {
      const float inside = std::clamp(value, grid.lowest(), grid.highest());
      const auto next = std::upper_bound(levels.begin(), levels.end(), inside);
      const float below = *(next - 1), above = next == levels.end() ? below : *next;
      const auto uniform = static_cast<float>(random.uniform() * 0.999);
      const double share =
          above == below ? 0 : (static_cast<double>(inside) - below) / (above - below);
      if (std::abs(uniform - share) > 1e-5)
        CHECK(rounded(value, grid, uniform) == (uniform < share ? above : below));
    }
    for (const float level : levels) // a level stays, whatever the number drawn
      CHECK(rounded(level, grid, 0) == level);
  }
}

/// A row of 2000 numbers with stochastic rounding; its greatest magnitude is the grid's top code.
static Quantizer stochastic(const Grid& grid, uint64_t seed) {
  Quantizer quantizer;
  quantizer.grid = grid;
  quantizer.per = Granularity::channel;
  quantizer.rounding = Rounding::stochastic;
  quantizer.seed = seed;
  return quantizer;
}

TEST_CASE("stochastic rounding is unbiased: mean over seeds and values", "[quant][property]") {
  for (const Grid& grid : {Grid{GridKind::symmetric, 4}, Grid{GridKind::asymmetric, 3}, kFp8, kFp4,
                           kNf4, kTernary, kBinary}) {
    INFO(grid.name());
    const at::Tensor weight = at::linspace(-1, 1, 60).reshape({2, 30}) * 0.9;
    at::Tensor sum = at::zeros_like(weight, at::kDouble), square = sum.clone();
    constexpr int kSeeds = 2000;
    for (int seed = 1; seed <= kSeeds; ++seed) {
      const at::Tensor error =
          stochastic(grid, static_cast<uint64_t>(seed)).apply(weight).to(at::kDouble) - weight;
      sum += error;
      square += error * error;
    }
    // Rows have their scales: the greatest value of each is a level, up to float32.
    const at::Tensor deviation = (square / kSeeds - (sum / kSeeds).square()).clamp_min(0).sqrt();
    const at::Tensor bound = 4 * deviation / std::sqrt(kSeeds) + 1e-6;
    CHECK(((sum / kSeeds).abs() <= bound).to(at::kDouble).mean().item<double>() > 0.98);
    CHECK(std::abs(sum.sum().item<double>() / kSeeds) <=
          4 * std::sqrt(deviation.square().sum().item<double>() / kSeeds) + 1e-4);
  }
}

TEST_CASE("stochastic rounding: the seed decides, and applying again changes nothing", "[quant]") {
  auto values = values_for(kNf4, 7200, 9);
  const at::Tensor weight = at::from_blob(values.data(), {90, 80}).clone();
  for (const auto per : {Granularity::tensor, Granularity::channel, Granularity::group,
                         Granularity::block, Granularity::token})
    for (const Grid& grid : {Grid{GridKind::symmetric, 4}, kFp4, kNf4}) {
      Quantizer one = stochastic(grid, 1), two = stochastic(grid, 2);
      one.per = two.per = per;
      one.group_size = two.group_size = 32;
      INFO(one.describe());
      const at::Tensor result = one.apply(weight);
      CHECK(at::equal(result, one.apply(weight)));
      CHECK_FALSE(at::equal(result, two.apply(weight)));
      one.rounding = Rounding::half_even;
      CHECK_FALSE(at::equal(result, one.apply(weight)));
    }
}

TEST_CASE("grids refuse bits out of range", "[quant]") {
  for (const auto kind : {GridKind::symmetric, GridKind::full, GridKind::asymmetric})
    for (const int bits : {1, 9})
      CHECK(message_of([&] { check(Grid{kind, bits}); }) == cat("bits = ", bits, "; use 2 to 8"));
}
