// What weights read, captured for calibration, against whole activations and by definition.

#include "tests/support/catch.hpp"

#include "engine/probe/inputs.hpp"
#include "engine/quant/gptq.hpp"
#include "engine/quant/scaling.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <cmath>

using namespace residua;

TEST_CASE("the output error is the mean over tokens by definition", "[quant]") {
  const auto tensors = Safetensors::open(golden::path("methods.safetensors")).tensors();
  const at::Tensor weight = tensors.at("b.weight"), x = tensors.at("b.activations").to(at::kDouble);
  const Inputs inputs{256, at::matmul(x.t(), x), {}, {}};
  const at::Tensor changed = integer_quantizer(3, true).apply(weight);
  const at::Tensor difference = (weight - changed).to(at::kDouble);
  CHECK(output_error(weight, changed, inputs) ==
        Approx(at::matmul(x, difference.t()).square().sum().item<double>() / 256).epsilon(1e-6));
  CHECK(output_error(weight, weight, inputs) == 0);
  const Inputs one{2, at::tensor({1.0, 2.0, 2.0, 4.0}).view({2, 2}), {}, {}}; // x = (1, 2)
  CHECK(output_error(at::zeros({1, 2}), at::tensor({3.0, -1.0}).view({1, 2}), one) == 0.5);
  CHECK(message_of([&] {
          output_error(at::zeros({1, 3}), at::zeros({1, 3}), one);
        }) ==
        "inputs of width 2 for a weight of 3 columns; capture the site that the weight reads");
}

TEST_CASE("captured inputs are sums over tokens, weighted by text", "[quant][probe]") {
  const auto checkpoint = golden::load("llama-gqa");
  const std::vector<TokenIds> texts = {checkpoint.ids(0), checkpoint.ids(1), checkpoint.ids(2)};
  const std::vector<Site> sites = {
      {Point::attn_in, 0}, {Point::attn_mixed, 1}, {Point::mlp_hidden, 1}};
  const std::vector<double> weights = {0.5, 2, 0};
  const auto captured = capture_inputs(checkpoint.model, texts, sites, weights);
  const auto whole = capture_tensors({checkpoint.model}, texts, sites)[0];
  REQUIRE(captured.size() == 3);
  for (std::size_t site = 0; site < 3; ++site) {
    INFO(sites[site].name());
    at::Tensor gram, magnitude, most;
    double tokens = 0;
    for (std::size_t text = 0; text < 3; ++text) {
      const at::Tensor x = whole[site][text].to(at::kDouble);
      const at::Tensor own = weights[text] * at::matmul(x.t(), x);
      const at::Tensor sum = weights[text] * x.abs().sum(0), top = x.abs().amax(0);
      gram = text == 0 ? own : gram + own;
      magnitude = text == 0 ? sum : magnitude + sum;
      most = text == 0 ? top : at::maximum(most, top);
      tokens += weights[text] * static_cast<double>(x.size(0));
    }
    CHECK(captured[site].tokens == tokens);
    CHECK(captured[site].gram.scalar_type() == at::kDouble);
    CHECK(golden::relative_difference(captured[site].gram, gram) < 1e-6);
    CHECK(golden::relative_difference(captured[site].mean_abs, magnitude / tokens) < 1e-6);
    CHECK(at::equal(captured[site].max_abs.to(at::kDouble), most)); // of the text of weight 0 too
  }
}

TEST_CASE("captured inputs add up over batches, and refuse bad requests", "[quant][probe]") {
  const auto checkpoint = golden::load("gpt2-tied");
  const std::vector<Site> site = {{Point::mlp_in, 1}};
  const Inputs once = capture_inputs(checkpoint.model, {checkpoint.ids(2)}, site, {1})[0];
  const Inputs many =
      capture_inputs(checkpoint.model, std::vector<TokenIds>(200, checkpoint.ids(2)), site,
                     std::vector<double>(200, 1))[0];
  CHECK(many.tokens == 200 * once.tokens);
  CHECK(golden::relative_difference(many.gram / 200, once.gram) < 1e-5);
  CHECK(golden::relative_difference(many.mean_abs, once.mean_abs) < 1e-5);
  const auto capture = [&](const Site& where, const std::vector<double>& weights) {
    return message_of(
        [&] { capture_inputs(checkpoint.model, {checkpoint.ids(0)}, {where}, weights); });
  };
  CHECK(capture(site[0], {1, 1}) == "2 weights for 1 texts; give one per text");
  CHECK(capture(site[0], {-1}) == "a text of weight -1; use 0 or more");
  CHECK(capture(site[0], {NAN}) == "a text of weight nan; use 0 or more");
  CHECK(capture({Point::attn_pattern, 0}, {1}) ==
        "site 'L0.attn.pattern' has no fixed width; capture it with reduce = \"tensor\"");
}

TEST_CASE("calibrated weights of a model err less at the output than rounded ones", "[quant]") {
  const auto checkpoint = golden::load("gpt2-tied");
  const std::vector<TokenIds> texts = {checkpoint.ids(0), checkpoint.ids(1), checkpoint.ids(2)};
  const Inputs inputs = capture_inputs(checkpoint.model, texts, {{Point::mlp_in, 1}}, {1, 1, 1})[0];
  const at::Tensor weight = checkpoint.model.param("L1.mlp.up");
  const Quantizer q = integer_quantizer(3, true, Granularity::channel);
  const double nearest = output_error(weight, q.apply(weight), inputs);
  CHECK(output_error(weight, gptq(weight, inputs, q), inputs) < nearest);
  CHECK(output_error(weight, awq(weight, inputs, q).weight, inputs) <= nearest);
}
