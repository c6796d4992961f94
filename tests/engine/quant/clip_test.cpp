// Clip rules against NumPy and SciPy (tests/golden/make_aciq.py), and at the edges.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/quant/aciq.hpp"
#include "engine/quant/block.hpp"
#include "engine/stats/random.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

using namespace residua;
using nlohmann::json;

using Values = std::vector<float>;

static const Grid kSymmetric{GridKind::symmetric, 4}, kAsymmetric{GridKind::asymmetric, 4};

/// "percentile 90", "aciq".
static Clip clip_of(const std::string& text) {
  const auto space = text.find(' ');
  const auto rule = std::find(std::begin(kClipNames), std::end(kClipNames), text.substr(0, space));
  Clip clip{static_cast<ClipRule>(rule - std::begin(kClipNames))};
  clip.value = space == std::string::npos ? 0 : std::stod(text.substr(space + 1));
  return clip;
}

static Values quantized(Values values, const Grid& grid, const Clip& clip) {
  BlockRules rules;
  rules.grid = grid;
  rules.clip = clip;
  quantize_block(values, rules, 0);
  return values;
}

static const ClipRule kRulesWithoutValue[] = {
    ClipRule::absmax,       ClipRule::mse,  ClipRule::aciq_gauss,    ClipRule::absmean,
    ClipRule::aciq_laplace, ClipRule::aciq, ClipRule::kurtosis_rule,
};

TEST_CASE("the kept range of each rule is that of NumPy and SciPy", "[quant][golden]") {
  const json rows = json::parse(read_file(golden::path("aciq.json")))["clips"];
  CHECK(rows.size() == 15);
  for (const json& row : rows) {
    const auto values = row["values"].get<Values>();
    const Grid& grid = row["asymmetric"] ? kAsymmetric : kSymmetric;
    for (const auto& [rule, expected] : row["ranges"].items()) {
      INFO(row["name"] << ", " << grid.name() << ", " << rule);
      const Range range = clip_range(values, clip_of(rule), grid);
      CHECK(range.low == Approx(expected[0].get<double>()).epsilon(1e-6));
      CHECK(range.high == Approx(expected[1].get<double>()).epsilon(1e-6));
    }
  }
}

TEST_CASE("ACIQ takes the optimum of the grid's bits", "[quant]") {
  Values values;
  for (int i = -500; i <= 500; ++i)
    values.push_back(static_cast<float>(i) / 100.0F);
  values.insert(values.end(), {60.0F, -60.0F}); // so that nothing is capped
  double square = 0, magnitude = 0;
  for (const float value : values)
    square += static_cast<double>(value) * value, magnitude += std::abs(value);
  const double n = static_cast<double>(values.size());
  for (int bits = 2; bits <= 8; ++bits) {
    const Grid grid{GridKind::symmetric, bits};
    CHECK(clip_range(values, {ClipRule::aciq_gauss}, grid).high ==
          Approx(std::sqrt(square / n) * aciq_optimum(Law::gauss, bits)).epsilon(1e-6));
    CHECK(clip_range(values, {ClipRule::aciq_laplace}, grid).high ==
          Approx(magnitude / n * aciq_optimum(Law::laplace, bits)).epsilon(1e-6));
  }
}

TEST_CASE("one-sided ACIQ has the optimum of one bit more", "[quant]") {
  stats::Random random(4);
  Values values(5000);
  for (float& value : values)
    value = static_cast<float>(std::max(0.0, random.normal()));
  values[0] = 1000; // so that nothing is capped
  for (int bits = 2; bits <= 7; ++bits)
    for (const auto rule : {ClipRule::aciq_gauss, ClipRule::aciq_laplace}) {
      const Law law = rule == ClipRule::aciq_gauss ? Law::gauss : Law::laplace;
      const Grid grid{GridKind::asymmetric, bits}, more{GridKind::asymmetric, bits + 1};
      const Range range = clip_range(values, {rule, 0, true}, grid);
      const Range next = clip_range(values, {rule, 0, true}, more);
      CHECK(range.low == 0);
      CHECK(next.high / range.high ==
            Approx(aciq_optimum(law, bits + 2) / aciq_optimum(law, bits + 1)).epsilon(1e-6));
    }
}

TEST_CASE("one-sided ACIQ after ReLU has the scale of the law that ReLU cut", "[quant]") {
  stats::Random random(5);
  Values gauss(200000), laplace(200000);
  for (std::size_t i = 0; i < gauss.size(); ++i) {
    gauss[i] = static_cast<float>(std::max(0.0, random.normal()));
    const double side = random.uniform() < 0.5 ? 0 : 1;
    laplace[i] = static_cast<float>(-side * std::log(1 - random.uniform()));
  }
  for (const int bits : {2, 3, 4}) { // beyond, the optimum nears the greatest value
    const Grid grid{GridKind::asymmetric, bits};
    CHECK(clip_range(gauss, {ClipRule::aciq_gauss, 0, true}, grid).high ==
          Approx(aciq_optimum(Law::gauss, bits + 1)).epsilon(0.01));
    CHECK(clip_range(laplace, {ClipRule::aciq_laplace, 0, true}, grid).high ==
          Approx(aciq_optimum(Law::laplace, bits + 1)).epsilon(0.01));
  }
}

TEST_CASE("the automatic rule takes the law that fits better", "[quant]") {
  stats::Random random(6);
  Values gauss(20000), laplace(20000);
  for (std::size_t i = 0; i < gauss.size(); ++i) {
    gauss[i] = static_cast<float>(random.normal());
    const double sign = random.uniform() < 0.5 ? -1 : 1;
    laplace[i] = static_cast<float>(-sign * std::log(1 - random.uniform()));
  }
  for (const Grid& grid : {kSymmetric, kAsymmetric}) {
    CHECK(clip_range(gauss, {ClipRule::aciq}, grid).high ==
          clip_range(gauss, {ClipRule::aciq_gauss}, grid).high);
    CHECK(clip_range(laplace, {ClipRule::aciq}, grid).high ==
          clip_range(laplace, {ClipRule::aciq_laplace}, grid).high);
  }
}

TEST_CASE("a block of mostly zeros keeps the others", "[quant]") {
  Values values(1000, 0.0F);
  values[17] = 3, values[400] = -2;
  for (const Grid& grid : {kSymmetric, kAsymmetric}) {
    const Range whole = full_range(values, grid);
    for (const double percent : {50.1, 99.0, 99.7}) {
      const Range range = clip_range(values, {ClipRule::percentile, percent}, grid);
      CHECK(range.low == whole.low);
      CHECK(range.high == whole.high);
    }
    CHECK(clip_range(values, {ClipRule::percentile, 99.85}, grid).high < 3); // not all 0
    for (const ClipRule rule : kRulesWithoutValue) {
      const Values changed = quantized(values, grid, {rule});
      INFO(grid.name() << ", " << kClipNames[static_cast<int>(rule)]);
      CHECK(changed[17] > 0);
      CHECK(changed[400] < 0);
    }
  }
  std::replace(values.begin(), values.end(), -2.0F, 2.0F);
  for (const ClipRule rule :
       {ClipRule::aciq, ClipRule::aciq_gauss, ClipRule::aciq_laplace, ClipRule::kurtosis_rule}) {
    INFO(kClipNames[static_cast<int>(rule)]);
    CHECK(quantized(values, kAsymmetric, {rule, 0, true})[17] > 0);
  }
}

TEST_CASE("the searched range has no more error than any other rule's", "[quant][property]") {
  const auto error = [](const Values& values, const Values& result) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      sum += std::pow(static_cast<double>(values[i]) - result[i], 2);
    return sum;
  };
  stats::Random random(7);
  for (int round = 0; round < 20; ++round) {
    Values values(300);
    for (float& value : values)
      value = static_cast<float>(std::pow(random.normal(), 1 + 2 * (round % 2)));
    const auto searched = quantized(values, kSymmetric, {ClipRule::mse});
    for (const ClipRule rule : kRulesWithoutValue) // the search has steps: within 1 % of any other
      CHECK(error(values, searched) <= 1.01 * error(values, quantized(values, kSymmetric, {rule})));
  }
}

TEST_CASE("the search does not depend on the scale of the values", "[quant][property]") {
  stats::Random random(8);
  Values values(500);
  for (float& value : values)
    value = static_cast<float>(random.normal());
  const Values once = quantized(values, kSymmetric, {ClipRule::mse});
  for (const float factor : {0x1p-80F, 0x1p-20F, 0x1p20F, 0x1p80F}) {
    Values scaled = values, expected = once;
    for (std::size_t i = 0; i < values.size(); ++i)
      scaled[i] *= factor, expected[i] *= factor;
    CHECK(quantized(scaled, kSymmetric, {ClipRule::mse}) == expected);
  }
}

TEST_CASE("NaN and infinity are refused by every rule", "[quant]") {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()})
    for (const ClipRule rule : kRulesWithoutValue)
      for (const Grid& grid : {kSymmetric, kAsymmetric})
        for (const Values& values : {Values{bad}, Values{1, bad, 2}, Values{0, 0, bad}})
          CHECK(message_of([&] { quantized(values, grid, {rule}); }) ==
                "NaN or infinite values cannot be quantized; find out where they come from");
}

TEST_CASE("zeros stay zeros, and constant blocks what they are", "[quant]") {
  for (const ClipRule rule : kRulesWithoutValue)
    for (const Grid& grid : {kSymmetric, kAsymmetric})
      for (const std::size_t n : {1U, 2U, 7U})
        for (const float value : {0.0F, 0.7F, -3.0F, 1e-30F}) {
          INFO(clip_of("absmax").describe()
               << " " << n << " times " << value << ", rule " << kClipNames[static_cast<int>(rule)]
               << ", " << grid.name());
          for (const float result : quantized(Values(n, value), grid, {rule}))
            CHECK(result == Approx(value).epsilon(1e-6).margin(0));
        }
}

TEST_CASE("values out of range are named", "[quant]") {
  const auto message = [](const Clip& clip, const Grid& grid = kAsymmetric) {
    return message_of([&] { check(clip, grid); });
  };
  for (const double percent : {-1.0, 0.0, 50.0, 100.5})
    CHECK(message({ClipRule::percentile, percent}) ==
          cat("clip percentile = ", percent, "; use more than 50, at most 100"));
  for (const double threshold : {-1.0, 0.0, std::numeric_limits<double>::infinity()})
    CHECK(message({ClipRule::fixed, threshold}) ==
          cat("clip fixed = ", threshold, "; use a threshold above 0"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message({ClipRule::percentile, nan}) != "no error");
  CHECK(message({ClipRule::fixed, nan}) != "no error");
  CHECK(message({ClipRule::aciq, 0, true}, kSymmetric) ==
        "a one-sided clip on the grid int4 symmetric; use an asymmetric grid");
  CHECK(message({ClipRule::aciq, 0, true}) == "no error");
  CHECK(message({ClipRule::percentile, 100}) == "no error");
}

TEST_CASE("descriptions of clips tell them apart", "[quant]") {
  CHECK(Clip{ClipRule::percentile, 99.9}.describe() == "clip percentile 99.9");
  CHECK(Clip{ClipRule::aciq, 0, true}.describe() == "clip aciq one-sided");
  CHECK(Clip{ClipRule::percentile, 99.99999}.describe() !=
        Clip{ClipRule::percentile, 99.999999}.describe());
  CHECK(Clip{ClipRule::fixed, 0.123456789}.describe() !=
        Clip{ClipRule::fixed, 0.123456788}.describe());
}
