// Integer quantizers against torch and compressed-tensors (tests/golden/make_quant.py), closed
// forms, and what holds for any weights.

#include "tests/support/catch.hpp"

#include "engine/device.hpp"
#include "engine/file.hpp"
#include "engine/quant/quantizer.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

using namespace residua;
using nlohmann::json;

static Quantizer quantizer_of(const json& test) {
  const std::string per = test["granularity"];
  const Granularity granularity = per == "tensor"    ? Granularity::tensor
                                  : per == "channel" ? Granularity::channel
                                                     : Granularity::group;
  Quantizer quantizer =
      integer_quantizer(test["bits"], test["scheme"] == "sym", granularity, test["group_size"]);
  if (test["scheme"] == "full")
    quantizer.grid.kind = GridKind::full;
  return quantizer;
}

/// Standard normal numbers; with `tail` a few are 30 times as large, as weights have outliers.
static at::Tensor random_weight(int64_t rows, int64_t columns, uint64_t seed, bool tail = false) {
  at::Generator generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed);
  at::Tensor weight = at::empty({rows, columns}).normal_(0, 1, generator);
  return tail ? weight * at::where(weight.abs() > 2, at::full({}, 30.0F), at::full({}, 1.0F))
              : weight;
}

/// Every combination of bits, symmetry and granularity; groups of 5 leave a short last group.
static std::vector<Quantizer> all_quantizers() {
  std::vector<Quantizer> all;
  for (int bits = 2; bits <= 8; ++bits)
    for (const bool symmetric : {true, false})
      for (const auto per : {Granularity::tensor, Granularity::channel, Granularity::group})
        all.push_back(integer_quantizer(bits, symmetric, per, 5));
  return all;
}

TEST_CASE("all golden cases are equal bit for bit", "[quant][golden]") {
  const auto tensors = Safetensors::open(golden::path("quant.safetensors")).tensors();
  const json cases = json::parse(read_file(golden::path("quant.json")))["cases"];
  CHECK(cases.size() == 432);
  for (const json& test : cases) {
    INFO(test["result"].get<std::string>());
    const Quantizer quantizer = quantizer_of(test);
    const at::Tensor& weight = tensors.at(test["input"]);
    const at::Tensor result = quantizer.apply(weight);
    CHECK(at::equal(result, tensors.at(test["result"])));
    CHECK(result.sizes() == weight.sizes());
    CHECK(quantizer.blocks(weight.size(0), weight.size(1)) ==
          static_cast<int64_t>(test["scales"].size()));
  }
}

TEST_CASE("options out of range are named", "[quant]") {
  const at::Tensor weight = at::ones({2, 2});
  for (const int bits : {-1, 0, 1, 9, 32})
    CHECK(message_of([&] { integer_quantizer(bits, true).apply(weight); }) ==
          cat("bits = ", bits, "; use 2 to 8"));
  for (const int64_t size : {0, -4}) {
    const Quantizer groups = integer_quantizer(4, true, Granularity::group, size);
    CHECK(message_of([&] { groups.apply(weight); }) == cat("groups of ", size, "; use 1 or more"));
  }
  // A group size that is not used is not judged.
  CHECK(message_of([&] { integer_quantizer(4, true, Granularity::tensor, 0).apply(weight); }) ==
        "no error");
}

TEST_CASE("descriptions tell quantizers apart", "[quant]") {
  CHECK(integer_quantizer(4, true, Granularity::channel).describe() ==
        "int4 symmetric per channel, clip absmax");
  CHECK(integer_quantizer(3, false, Granularity::group, 64).describe() ==
        "int3 asymmetric per group of 64, clip absmax");
  std::set<std::string> seen;
  for (const Quantizer& quantizer : all_quantizers())
    seen.insert(quantizer.describe());
  CHECK(seen.size() == all_quantizers().size());
}

TEST_CASE("a vector counts as one row; a scalar and an empty tensor keep their shapes", "[quant]") {
  const at::Tensor weight = random_weight(1, 23, 5);
  for (const Quantizer& quantizer : all_quantizers()) {
    INFO(quantizer.describe());
    const at::Tensor vector = quantizer.apply(weight[0]);
    CHECK(vector.dim() == 1);
    CHECK(at::equal(vector, quantizer.apply(weight)[0]));
    CHECK(quantizer.apply(at::full({}, 3.0)).item<double>() == Approx(3).epsilon(1e-6));
    CHECK(quantizer.apply(at::empty({0, 4})).sizes() == at::IntArrayRef({0, 4}));
  }
}

TEST_CASE("views, other dtypes and the input itself", "[quant]") {
  const at::Tensor weight = random_weight(12, 9, 8), before = weight.clone();
  for (const Quantizer& quantizer : all_quantizers()) {
    CHECK(at::equal(quantizer.apply(weight.t()), quantizer.apply(weight.t().contiguous())));
    const at::Tensor half = weight.to(at::kHalf);
    CHECK(quantizer.apply(half).scalar_type() == at::kFloat);
    CHECK(at::equal(quantizer.apply(half), quantizer.apply(half.to(at::kFloat))));
  }
  CHECK(at::equal(weight, before));
}

// scale [rows, columns] of every value, by the definition in float64.
static at::Tensor scale_of_each(const at::Tensor& weight, const Quantizer& q) {
  const int64_t columns = q.per == Granularity::tensor    ? weight.numel()
                          : q.per == Granularity::channel ? weight.size(1)
                                                          : q.group_size;
  const at::Tensor flat = q.per == Granularity::tensor ? weight.reshape({1, -1}).to(at::kDouble)
                                                       : weight.to(at::kDouble);
  at::Tensor scales = at::zeros_like(flat);
  for (int64_t first = 0; first < flat.size(1); first += columns) {
    const int64_t count = std::min(columns, flat.size(1) - first);
    const at::Tensor block = flat.narrow(1, first, count);
    const at::Tensor absmax = block.abs().amax(1, true) / ((1 << (q.grid.bits - 1)) - 1);
    const at::Tensor range = (block.amax(1, true).clamp_min(0) - block.amin(1, true).clamp_max(0)) /
                             ((1 << q.grid.bits) - 1);
    scales.narrow(1, first, count).copy_(q.grid.kind == GridKind::symmetric ? absmax : range);
  }
  return scales.reshape(weight.sizes());
}

TEST_CASE("no value moves by more than half a step", "[quant][property]") {
  for (uint64_t seed = 1; seed <= 10; ++seed)
    for (const bool tail : {false, true}) {
      const at::Tensor weight = random_weight(7, 33, seed, tail);
      for (const Quantizer& quantizer : all_quantizers()) {
        INFO(quantizer.describe() << " seed " << seed);
        const at::Tensor scale = scale_of_each(weight, quantizer);
        const at::Tensor moved =
            (weight.to(at::kDouble) - quantizer.apply(weight).to(at::kDouble)).abs();
        // Up to 255 steps, each number rounded to 24 bits: the half may be passed by 255 * 2^-23 of
        // a step.
        CHECK((moved <= scale * (0.5 + 255 * std::exp2(-23))).all().item<bool>());
      }
    }
}

TEST_CASE("levels: codes are whole, and no block has more of them than bits allow",
          "[quant][property]") {
  const at::Tensor weight = random_weight(6, 400, 3, true);
  for (int bits = 2; bits <= 8; ++bits) {
    for (int64_t row = 0; row < 6; ++row) {
      const at::Tensor symmetric =
          integer_quantizer(bits, true, Granularity::channel).apply(weight)[row];
      const at::Tensor asymmetric =
          integer_quantizer(bits, false, Granularity::channel).apply(weight)[row];
      CHECK(std::get<0>(at::_unique(symmetric)).numel() <= (1 << bits) - 1);
      CHECK(std::get<0>(at::_unique(asymmetric)).numel() <= (1 << bits));
      CHECK(symmetric.abs().max().item<float>() ==
            Approx(weight[row].abs().max().item<float>()).epsilon(1e-6));
    }
  }
}

TEST_CASE("the sign changes nothing in a symmetric quantizer", "[quant][property]") {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const at::Tensor weight = random_weight(5, 24, seed, true);
    for (const Quantizer& quantizer : all_quantizers())
      if (quantizer.grid.kind == GridKind::symmetric)
        CHECK(at::equal(quantizer.apply(-weight), -quantizer.apply(weight)));
  }
}

TEST_CASE("powers of two go through exactly", "[quant][property]") {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const at::Tensor weight = random_weight(5, 24, seed, true);
    for (const Quantizer& quantizer : all_quantizers())
      for (const double factor : {0.0009765625, 0.5, 4.0, 1048576.0})
        CHECK(at::equal(quantizer.apply(weight * factor), quantizer.apply(weight) * factor));
  }
}

TEST_CASE("quantizing twice is quantizing once wherever the scale survives rounding",
          "[quant][property]") {
  int exact = 0, total = 0;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const at::Tensor weight = random_weight(4, 40, seed, seed % 2 == 0);
    for (int bits = 2; bits <= 8; ++bits) {
      const Quantizer quantizer = integer_quantizer(bits, true, Granularity::tensor);
      const at::Tensor once = quantizer.apply(weight), twice = quantizer.apply(once);
      const auto most = static_cast<float>((1 << (bits - 1)) - 1);
      const float scale = weight.abs().max().item<float>() / most;
      const float again = (scale * most) / most; // in float32 not always `scale`
      ++total;
      if (again == scale) {
        ++exact;
        CHECK(at::equal(twice, once));
      }
      CHECK(golden::relative_difference(twice, once) < 2.5e-7); // two roundings of the scale
    }
  }
  CHECK(exact > total / 2);
}

TEST_CASE("bits per value by hand", "[quant]") {
  CHECK(integer_quantizer(4, true, Granularity::tensor).bits_per_value(8, 16) == 4 + 16.0 / 128);
  CHECK(integer_quantizer(4, true, Granularity::channel).bits_per_value(8, 16) ==
        4 + 16.0 * 8 / 128);
  CHECK(integer_quantizer(3, false, Granularity::tensor).bits_per_value(8, 16) == 3 + 19.0 / 128);
  const Quantizer groups =
      integer_quantizer(2, false, Granularity::group, 5); // 16 columns: groups of 5, 5, 5 and 1
  CHECK(groups.blocks(8, 16) == 32);
  CHECK(groups.bits_per_value(8, 16) == 2 + 18.0 * 32 / 128);
}

TEST_CASE("kept rows and columns stay, the others become what they become alone",
          "[quant][property]") {
  const at::Tensor weight = random_weight(9, 33, 4, true);
  const std::vector<int64_t> some = {0, 3, 4, 8}, rest = {1, 2, 5, 6, 7};
  const at::Tensor rows = at::tensor(rest, at::kLong);
  for (Quantizer q : all_quantizers())
    for (const bool corrected : {false, true})
      for (const std::vector<int64_t>& columns : {std::vector<int64_t>{}, {2, 30}}) {
        q.bias_correction = corrected;
        const at::Tensor kept = at::tensor(columns, at::kLong);
        const at::Tensor mask = at::ones({33}, at::kBool).index_fill_(0, kept, 0);
        const at::Tensor across = mask.nonzero().flatten();
        at::Tensor expected = weight.clone();
        expected.index_put_({rows.unsqueeze(1), across},
                            q.apply(weight.index_select(0, rows).index_select(1, across)));
        q.kept_rows = some;
        q.kept_columns = columns;
        INFO(q.describe());
        CHECK(q.apply(weight).equal(expected));
        q.kept_rows = q.kept_columns = {};
      }
}

TEST_CASE("a stochastic row is rounded alike whatever is kept, and its error is of that",
          "[quant]") {
  const at::Tensor weight = random_weight(4, 64, 5);
  Quantizer q = integer_quantizer(4, true, Granularity::channel);
  q.rounding = Rounding::stochastic;
  const at::Tensor all = q.apply(weight);
  q.kept_rows = {1};
  const at::Tensor some = q.apply(weight);
  CHECK(some[3].equal(all[3]));
  const at::Tensor moved = (some - weight).to(at::kDouble);
  CHECK(q.error(weight).mse == Approx(moved.pow(2).sum().item<double>() / (3 * 64)).epsilon(1e-6));
}

TEST_CASE("one scale for all: threads share the work and change no bit", "[quant][property]") {
  const at::Tensor weight = random_weight(301, 517, 8, true); // 76 pieces, the last one short
  const int before = at::get_num_threads();
  for (const GridKind kind : {GridKind::symmetric, GridKind::asymmetric, GridKind::nf4})
    for (const ClipRule rule :
         {ClipRule::absmax, ClipRule::percentile, ClipRule::mse, ClipRule::aciq}) {
      Quantizer q = integer_quantizer(3, true);
      q.grid.kind = kind;
      q.clip = {rule, rule == ClipRule::percentile ? 99.0 : 0.0};
      for (const Rounding rounding : {Rounding::half_even, Rounding::stochastic}) {
        q.rounding = rounding;
        INFO(q.describe());
        device::set_threads(1);
        const at::Tensor alone = q.apply(weight);
        const double error = q.error(weight).mse;
        device::set_threads(3);
        CHECK(q.apply(weight).equal(alone));
        CHECK(q.error(weight).mse == error);
      }
    }
  device::set_threads(before);
}

TEST_CASE("a value that is not finite is found in any piece", "[quant]") {
  for (const int64_t row : {0, 150, 300}) {
    at::Tensor weight = random_weight(301, 517, 8);
    weight[row][516].fill_(std::numeric_limits<float>::infinity());
    CHECK(message_of([&] { integer_quantizer(4, true).apply(weight); }) ==
          "NaN or infinite values cannot be quantized; find out where they come from");
  }
}
