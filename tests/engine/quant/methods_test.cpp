// GPTQ, AWQ, HQQ and SmoothQuant against the authors' code (tests/golden/make_methods.py), and what
// holds for any weights: dead channels, column order, refusals.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/quant/gptq.hpp"
#include "engine/quant/hqq.hpp"
#include "engine/quant/scaling.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random_matrix.hpp"

#include <ATen/ATen.h>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace residua;
using nlohmann::json;

/// By the definitions of Inputs, each token counted once.
static Inputs inputs_from(const at::Tensor& activations) {
  const at::Tensor x = activations.to(at::kDouble);
  return {static_cast<double>(x.size(0)), at::matmul(x.t(), x), x.abs().mean(0),
          x.abs().amax(0).to(at::kFloat)};
}

static double output_loss(const at::Tensor& weight, const at::Tensor& changed,
                          const at::Tensor& activations) {
  const at::Tensor d = (weight.to(at::kDouble) - changed.to(at::kDouble)).t();
  return at::matmul(activations.to(at::kDouble), d).square().sum().item<double>();
}

namespace {
struct Layer {
  at::Tensor weight, activations;
  Inputs inputs = inputs_from(activations);
  double loss(const at::Tensor& changed) const { return output_loss(weight, changed, activations); }
};
} // namespace

namespace {
struct Goldens {
  std::map<std::string, at::Tensor> tensors =
      Safetensors::open(golden::path("methods.safetensors")).tensors();
  json file = json::parse(read_file(golden::path("methods.json")));

  Layer layer(const std::string& name) const {
    return {tensors.at(name + ".weight"), tensors.at(name + ".activations").to(at::kFloat)};
  }
  /// The cases of a method.
  std::vector<json> cases(const std::string& method) const {
    std::vector<json> found;
    for (const json& test : file["cases"])
      if (test["method"] == method)
        found.push_back(test);
    return found;
  }
};
} // namespace

static Quantizer quantizer_of(const json& test) {
  const bool group = test["per"] == "group";
  Quantizer q = integer_quantizer(test["bits"], test["scheme"] != "asym",
                                  group ? Granularity::group : Granularity::channel, 32);
  if (test["scheme"] == "full")
    q.grid.kind = GridKind::full;
  return q;
}

/// The loss within `tolerance`, and of a stored result nearly all values.
static void check_case(const Goldens& goldens, const json& test, const at::Tensor& result,
                       double tolerance) {
  const std::string name = test["name"];
  INFO(name);
  const double loss = goldens.layer(test["layer"]).loss(result);
  CHECK(loss == Approx(test["loss"].get<double>()).epsilon(tolerance));
  if (test.contains("nearest"))
    CHECK(loss < test["nearest"].get<double>());
  if (!test.contains("result"))
    return;
  const at::Tensor reference = goldens.tensors.at(name);
  const at::Tensor close = (result - reference).abs() < 1e-5 * reference.abs().max();
  CHECK(close.to(at::kDouble).mean().item<double>() > 0.99);
}

TEST_CASE("GPTQ does what the authors' code does", "[quant][golden]") {
  const Goldens goldens;
  const auto cases = goldens.cases("gptq");
  CHECK(cases.size() == 72);
  for (const json& test : cases) {
    const Layer layer = goldens.layer(test["layer"]);
    const Quantizer q = quantizer_of(test);
    check_case(
        goldens, test, gptq(layer.weight, layer.inputs, q, {0.01, test["block"], test["order"]}),
        1e-3); // one rounding that goes the other way in the last bit moves the rest of its row
    CHECK(layer.loss(q.apply(layer.weight)) == Approx(test["nearest"].get<double>()).epsilon(1e-5));
  }
}

TEST_CASE("AWQ finds the scales that the authors' code finds", "[quant][golden]") {
  const Goldens goldens;
  const auto cases = goldens.cases("awq");
  CHECK(cases.size() == 16);
  for (const json& test : cases) {
    const Layer layer = goldens.layer(test["layer"]);
    const AwqResult result = awq(layer.weight, layer.inputs, quantizer_of(test));
    check_case(goldens, test, result.weight, 1e-4);
    CHECK(result.alpha > 0);
    CHECK(
        at::equal(result.weight, quantize_scaled(layer.weight, result.scales, quantizer_of(test))));
    CHECK((result.scales.max() * result.scales.min()).item<double>() == Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("HQQ does what the authors' code does", "[quant][golden]") {
  const Goldens goldens;
  const auto cases = goldens.cases("hqq");
  CHECK(cases.size() == 8);
  for (const json& test : cases) {
    HqqOptions options;
    options.bits = test["bits"];
    options.group_size = 32;
    check_case(goldens, test, hqq(goldens.layer(test["layer"]).weight, options), 1e-4);
  }
}

TEST_CASE("smoothing scales follow the formula, as torchao's observer", "[quant][golden]") {
  const Goldens goldens;
  for (const std::string name : {"a", "b"}) {
    const Layer layer = goldens.layer(name);
    const at::Tensor most = layer.weight.abs().amax(0), live = layer.inputs.max_abs > 0;
    for (const auto& [alpha, suffix] :
         std::map<double, std::string>{{0, "0.0"}, {0.3, "0.3"}, {0.5, "0.5"}, {1, "1.0"}}) {
      INFO(name << " alpha " << alpha);
      const at::Tensor scales = smoothing_scales(layer.inputs.max_abs, most, alpha);
      const at::Tensor reference = goldens.tensors.at(name + ".smooth" + suffix);
      CHECK(golden::relative_difference(scales.masked_select(live), reference.masked_select(live)) <
            1e-5);
      CHECK(scales.min().item<float>() > 0); // in the dead channel too
    }
  }
  const at::Tensor x = at::tensor({4.0, 9.0}), w = at::tensor({16.0, 1.0});
  CHECK(golden::max_difference(smoothing_scales(x, w, 0.5), at::tensor({0.5, 3.0})) < 1e-6);
  CHECK(message_of([&] { smoothing_scales(x, w, 1.5); }) == "SmoothQuant: alpha = 1.5; use 0 to 1");
}

TEST_CASE("a dead channel's weights become zero and move nothing else", "[quant]") {
  const Goldens goldens;
  const Layer layer = goldens.layer("a");
  const int64_t dead = 35;
  REQUIRE(layer.inputs.max_abs[dead].item<float>() == 0);
  const Quantizer q = integer_quantizer(4, true, Granularity::channel);
  const at::Tensor result = gptq(layer.weight, layer.inputs, q);
  CHECK(result.select(1, dead).abs().max().item<float>() == 0);
  at::Tensor other = layer.weight.clone();
  other.select(1, dead).fill_(100);
  CHECK(at::equal(gptq(other, layer.inputs, q), result));
  Inputs silent = layer.inputs;
  silent.gram = at::zeros_like(silent.gram);
  CHECK(gptq(layer.weight, silent, q).abs().max().item<float>() == 0);
}

TEST_CASE("GPTQ leaves the weight that it is given as it is", "[quant]") {
  const Goldens goldens;
  const Layer layer = goldens.layer("a"); // has a dead channel
  const Quantizer q = integer_quantizer(3, true, Granularity::channel);
  const at::Tensor stored = layer.weight.t().contiguous(),
                   before = stored.clone(); // as GPT-2's are
  CHECK(at::equal(gptq(stored.t(), layer.inputs, q, {0.01, 16}),
                  gptq(layer.weight, layer.inputs, q, {0.01, 16})));
  CHECK(at::equal(stored, before));
}

TEST_CASE("GPTQ does not depend on the scale of the activations", "[quant]") {
  const Goldens goldens;
  const Layer layer = goldens.layer("a");
  Inputs faint = layer.inputs;
  faint.gram = faint.gram * 0x1p-60;
  for (const bool act_order : {false, true}) {
    const Quantizer q = integer_quantizer(3, true, Granularity::group, 32);
    CHECK(at::equal(gptq(layer.weight, faint, q, {0.01, 128, act_order}),
                    gptq(layer.weight, layer.inputs, q, {0.01, 128, act_order})));
  }
}

TEST_CASE("with uncorrelated channels GPTQ rounds to nearest", "[quant]") {
  const at::Tensor weight = random_matrix(6, 40, 3), power = at::linspace(0.1, 3, 40, at::kDouble);
  const Inputs inputs{1, power.diag(), power.sqrt(), power.sqrt().to(at::kFloat)};
  for (const auto per : {Granularity::tensor, Granularity::channel, Granularity::group})
    for (const bool symmetric : {false, true}) {
      const Quantizer q = integer_quantizer(4, symmetric, per, 16); // the last group is short
      CHECK(at::equal(gptq(weight, inputs, q), q.apply(weight)));
      CHECK(at::equal(gptq(weight, inputs, q, {0.01, 7}), q.apply(weight)));
      if (per != Granularity::group)
        CHECK(at::equal(gptq(weight, inputs, q, {0.01, 128, true}), q.apply(weight)));
    }
}

TEST_CASE("columns in order of activation are columns in that order before", "[quant]") {
  const Goldens goldens;
  const Layer layer = goldens.layer("b");
  const at::Tensor order = layer.inputs.gram.diagonal().argsort(0, true);
  Inputs sorted = layer.inputs;
  sorted.gram = sorted.gram.index_select(0, order).index_select(1, order);
  const Quantizer q = integer_quantizer(3, true, Granularity::group, 32);
  const at::Tensor expected = gptq(layer.weight.index_select(1, order), sorted, q);
  const at::Tensor result = gptq(layer.weight, layer.inputs, q, {0.01, 128, true});
  CHECK(golden::max_difference(result.index_select(1, order), expected) < 1e-6);
}

TEST_CASE("GPTQ takes other grids, clips and stochastic rounding", "[quant]") {
  const Goldens goldens;
  const Layer layer = goldens.layer("a");
  Quantizer nf4;
  nf4.grid = {GridKind::nf4, 4};
  nf4.per = Granularity::channel;
  CHECK(layer.loss(gptq(layer.weight, layer.inputs, nf4)) < layer.loss(nf4.apply(layer.weight)));
  Quantizer searched = integer_quantizer(4, true, Granularity::channel);
  searched.clip.rule = ClipRule::mse;
  CHECK(layer.loss(gptq(layer.weight, layer.inputs, searched)) <
        layer.loss(searched.apply(layer.weight)));
  Quantizer stochastic = integer_quantizer(4, true, Granularity::tensor);
  stochastic.rounding = Rounding::stochastic;
  stochastic.clip = {ClipRule::fixed, 7};
  const at::Tensor halves = at::full({64, 64}, 0.5F);
  const Inputs white{1, at::eye(64, at::kDouble), at::ones({64}), at::ones({64})};
  const at::Tensor rounded = gptq(halves, white, stochastic);
  CHECK(at::equal(rounded, gptq(halves, white, stochastic)));
  CHECK(rounded.mean().item<double>() == Approx(0.5).margin(0.05)); // std of the mean: 0.008
  CHECK(rounded.mean(1).std().item<double>() < 0.12);               // 0.06 where draws differ
  CHECK(rounded.mean(0).std().item<double>() < 0.12);
}

TEST_CASE("GPTQ and AWQ refuse what they cannot do", "[quant]") {
  const Goldens goldens;
  const Layer layer = goldens.layer("a");
  const auto with = [&](const Quantizer& q, const GptqOptions& options = {}) {
    return message_of([&] { gptq(layer.weight, layer.inputs, q, options); });
  };
  Quantizer q = integer_quantizer(4, true, Granularity::block, 16);
  CHECK(with(q) == "GPTQ with int4 symmetric per block of 16 x 16, clip absmax; use per tensor, "
                   "channel or group");
  q.per = Granularity::group;
  q.scale_format = ScaleFormat::e4m3;
  CHECK(with(q) == "GPTQ with int4 symmetric per group of 16, clip absmax, e4m3 scales; use per "
                   "tensor, channel or group");
  q = integer_quantizer(4, true);
  q.kept_columns = {3};
  CHECK(with(q) == "GPTQ with int4 symmetric per tensor, clip absmax, columns kept 4; leave out "
                   "kept rows and columns, bias correction and bit allocation");
  q.kept_columns = {};
  CHECK(with(q, {0, 128}) ==
        "GPTQ: damp = 0, block = 128; use a damp above 0 and a block of 1 or more");
  CHECK(with(q, {0.01, 0}) ==
        "GPTQ: damp = 0.01, block = 0; use a damp above 0 and a block of 1 or more");
  CHECK(message_of([&] { gptq(random_matrix(4, 9, 1), layer.inputs, q); }) ==
        "inputs of width 64 for a weight of 9 columns; capture the site that the weight reads");
  CHECK(message_of([&] { awq(layer.weight, {}, q); }) ==
        "inputs of width 0 for a weight of 64 columns; capture the site that the weight reads");
  CHECK(message_of([&] { awq(layer.weight, layer.inputs, q, 0); }) ==
        "AWQ: grid = 0; use 1 or more steps");
  Inputs bad = layer.inputs;
  bad.tokens = 0;
  CHECK(message_of([&] { gptq(layer.weight, bad, q); }) ==
        "the calibration texts have no tokens; give texts whose weight is above 0");
  bad = layer.inputs;
  bad.gram = bad.gram - 1e6 * at::eye(64, at::kDouble);
  CHECK(message_of([&] { gptq(layer.weight, bad, q); }) ==
        "GPTQ: the Hessian with damp = 0.01 is not positive definite; use a larger damp, or more "
        "calibration texts");
  at::Tensor infinite = layer.weight.clone();
  infinite[1][2] = INFINITY;
  CHECK(message_of([&] { gptq(infinite, layer.inputs, q); }) ==
        "NaN or infinite values cannot be quantized; find out where they come from");
}

TEST_CASE("HQQ keeps groups of equal values and refuses what it cannot do", "[quant]") {
  CHECK(golden::max_difference(hqq(at::full({3, 64}, 0.7F)), at::full({3, 64}, 0.7F)) < 1e-4);
  CHECK(hqq(at::zeros({2, 64})).abs().max().item<float>() == 0);
  const auto with = [](int bits, int64_t group, double p = 0.7) {
    return message_of([&] { hqq(random_matrix(4, 64, 1), {bits, group, p}); });
  };
  CHECK(with(4, 24) == "HQQ: groups of 24 for 64 columns; use a size that divides the columns");
  CHECK(with(4, 128) == "HQQ: groups of 128 for 64 columns; use a size that divides the columns");
  CHECK(with(9, 64) == "HQQ: bits = 9; use 2 to 8");
  CHECK(with(4, 64, 0) ==
        "HQQ: p = 0, beta = 10, kappa = 1.01, steps = 20; use 0 < p <= 1, beta > 0, kappa >= 1, "
        "steps >= 0");
  HqqOptions none;
  none.steps = 0; // plain rounding with a zero point that is not whole
  const at::Tensor weight = random_matrix(4, 64, 2);
  const at::Tensor low = weight.amin(1, true), step = (weight.amax(1, true) - low) / 15;
  CHECK(golden::max_difference(hqq(weight, none), at::round((weight - low) / step) * step + low) <
        1e-5);
}
