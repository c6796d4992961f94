// Gradients against finite differences, and where nothing flows. Those of golden checkpoints are in
// golden_test.cpp.

#include "tests/support/catch.hpp"

#include "engine/sweep/evaluate.hpp"
#include "engine/train/gradients.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>

using namespace residua;

static double mean_loss(const Model& model, const std::vector<TokenIds>& texts) {
  const Losses losses = evaluate({model}, texts);
  double nll = 0, tokens = 0;
  for (std::size_t text = 0; text < texts.size(); ++text) {
    nll += losses.nll[0][text];
    tokens += static_cast<double>(losses.tokens[text]);
  }
  return nll / tokens;
}

TEST_CASE("gradients predict what a small step does, in edited models too", "[train]") {
  const auto checkpoint = golden::load("llama-gqa");
  const std::vector<TokenIds> texts = {checkpoint.ids(0), checkpoint.ids(2), checkpoint.ids(1)};
  const Model edited = checkpoint.model.with(Plan({{"L*.attn.*", integer_quantizer(4, true)}}));
  for (const Model& model : {checkpoint.model, edited}) {
    const Gradients result = gradients(model, texts, {"L1.attn.k", "embed.tokens"}, {});
    CHECK(result.loss == Approx(mean_loss(model, texts)).epsilon(1e-6));
    for (const auto& [name, gradient] : result.params) {
      const at::Tensor value = model.param(name), direction = gradient / gradient.norm();
      const double step = 0.01;
      const double up = mean_loss(model.with_param(name, value + step * direction), texts);
      const double down = mean_loss(model.with_param(name, value - step * direction), texts);
      // The error of a central difference is of order step^2, of float32 losses of order 1e-7 /
      // step.
      CHECK((up - down) / (2 * step) == Approx(gradient.norm().item<double>()).epsilon(0.01));
    }
  }
}

TEST_CASE("texts in several batches give the gradient of all", "[train]") {
  const auto checkpoint = golden::load("gpt2-tied");
  std::vector<TokenIds> many(200, checkpoint.ids(2)); // 6000 tokens, over a batch's budget
  const std::vector<Site> sites = {{Point::resid_post, 1}};
  const Gradients once = gradients(checkpoint.model, {checkpoint.ids(2)}, {"L1.mlp.up"}, sites);
  const Gradients repeated = gradients(checkpoint.model, many, {"L1.mlp.up"}, sites);
  CHECK(repeated.loss == Approx(once.loss).epsilon(1e-6));
  CHECK(golden::relative_difference(repeated.params.at("L1.mlp.up"), once.params.at("L1.mlp.up")) <
        1e-4);
  CHECK(golden::relative_difference(repeated.sites.at(sites[0])[199] * 200,
                                    once.sites.at(sites[0])[0]) < 1e-4);
}

TEST_CASE("where nothing flows the gradient is zero", "[train]") {
  const auto checkpoint = golden::load("gpt2-tied");
  const Model cut = checkpoint.model.ablated({Point::mlp_out, 1}, {});
  const Site hidden{Point::mlp_hidden, 1}, out{Point::mlp_out, 1};
  const Gradients both =
      gradients(cut, {checkpoint.ids(1)}, {"L1.mlp.up", "L1.attn.qkv"}, {hidden, out});
  CHECK(both.params.at("L1.mlp.up").abs().max().item<float>() == 0);
  CHECK(both.params.at("L1.attn.qkv").abs().max().item<float>() > 0);
  CHECK(both.sites.at(hidden)[0].sizes() == at::IntArrayRef({17, 128}));
  CHECK(both.sites.at(hidden)[0].abs().max().item<float>() == 0);
  CHECK(both.sites.at(out)[0].abs().max().item<float>() > 0); // of the constant that stands there
  const Gradients none = gradients(cut, {checkpoint.ids(1)}, {"L1.mlp.up"}, {});
  CHECK(none.params.at("L1.mlp.up").sizes() == at::IntArrayRef({128, 32}));
  CHECK(none.params.at("L1.mlp.up").abs().max().item<float>() == 0);
  CHECK(gradients(cut, {checkpoint.ids(1)}, {}, {}).loss ==
        Approx(mean_loss(cut, {checkpoint.ids(1)})).epsilon(1e-6));
}

TEST_CASE("gradients of the attention pattern and the logits have the site's shape", "[train]") {
  const auto checkpoint = golden::load("llama-gqa");
  const std::vector<Site> sites = {{Point::attn_pattern, 0}, {Point::logits}};
  const Gradients result =
      gradients(checkpoint.model, {checkpoint.ids(0), checkpoint.ids(1)}, {}, sites);
  CHECK(result.sites.at(sites[0])[0].sizes() == at::IntArrayRef({4, 5, 5}));
  CHECK(result.sites.at(sites[1])[1].sizes() == at::IntArrayRef({17, 59}));
  // Softmax: the gradient of the logits sums to zero over the vocabulary; the last token predicts
  // nothing.
  CHECK(result.sites.at(sites[1])[1].sum(1).abs().max().item<float>() < 1e-6);
  CHECK(result.sites.at(sites[1])[1][16].abs().max().item<float>() == 0);
}

TEST_CASE("what has no gradient is refused", "[train]") {
  const Model model = golden::load("gpt2-tied").model;
  CHECK(message_of([&] { gradients(model, {{1}}, {"L0.mlp.up"}, {}); }) ==
        "no text has two tokens or more, so there is no loss; remove empty texts");
  CHECK(message_of([&] {
          gradients(model, {{1, 2}}, {"L0.mlp.gate"}, {});
        }) == "model gpt2-tied has no param 'L0.mlp.gate'; model:params() lists them");
}
