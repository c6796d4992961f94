// Quantized activations: the value at a site, what goes on from it, keys, gradients, refusals.

#include "tests/support/catch.hpp"

#include "engine/probe/capture.hpp"
#include "engine/quant/scaling.hpp"
#include "engine/sweep/evaluate.hpp"
#include "engine/train/gradients.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <set>

using namespace residua;

namespace {
struct Quantized {
  golden::Checkpoint checkpoint = golden::load("gpt2-tied");
  Model model = checkpoint.model;
  std::vector<TokenIds> texts = {checkpoint.ids(0), checkpoint.ids(1), checkpoint.ids(2)};

  /// The activation of every text at a site.
  std::vector<at::Tensor> at_site(const Model& of, const Site& site) const {
    return capture_tensors({of}, texts, {site})[0][0];
  }
};
} // namespace

static Quantizer per_token(int bits = 4, bool symmetric = true) {
  return integer_quantizer(bits, symmetric, Granularity::token);
}

static Quantizer fixed(int bits, double threshold) {
  Quantizer q = integer_quantizer(bits, true, Granularity::tensor);
  q.clip = {ClipRule::fixed, threshold};
  return q;
}

static const Site kIn{Point::attn_in, 1}, kHidden{Point::mlp_hidden, 1}, kFinal{Point::final};

TEST_CASE("the value at a site is the quantizer's", "[model]") {
  const Quantized s;
  for (const Quantizer& q : {per_token(), per_token(3, false),
                             integer_quantizer(4, true, Granularity::group, 8), fixed(4, 0.5)})
    for (const Site& site :
         {Site{Point::embed}, kIn, kHidden, Site{Point::resid_post, 2}, kFinal}) {
      INFO(site.name() << " " << q.describe());
      const auto before = s.at_site(s.model, site);
      const auto after = s.at_site(s.model.with_activation(site, {q, {}, {}}), site);
      for (std::size_t text = 0; text < 3; ++text) {
        CHECK(at::equal(after[text], q.apply(before[text])));
        CHECK_FALSE(at::equal(after[text], before[text]));
      }
    }
}

TEST_CASE("what follows a site reads the quantized value", "[model]") {
  const Quantized s;
  const Quantizer q = per_token(3);
  const Model hidden = s.model.with_activation(kHidden, {q, {}, {}});
  const auto in = s.at_site(s.model, kHidden), out = s.at_site(hidden, {Point::mlp_out, 1});
  const auto last = s.at_site(s.model, kFinal);
  const auto logits = s.at_site(s.model.with_activation(kFinal, {q, {}, {}}), {Point::logits});
  for (std::size_t text = 0; text < 3; ++text) {
    const at::Tensor expected = at::linear(q.apply(in[text]), s.model.param("L1.mlp.down"),
                                           s.model.param("L1.mlp.down.bias"));
    CHECK(golden::max_difference(out[text], expected) < 1e-5);
    const at::Tensor head = at::linear(q.apply(last[text]), s.model.param("embed.tokens"));
    CHECK(golden::max_difference(logits[text], head) < 1e-5);
  }
}

TEST_CASE("a static range clips at its threshold, whatever the text", "[model]") {
  const Quantized s;
  const Model clipped = s.model.with_activation(kIn, {fixed(4, 0.7), {}, {}});
  std::set<float> levels;
  for (const at::Tensor& value : s.at_site(clipped, kIn)) {
    CHECK(value.abs().max().item<float>() == Approx(0.7));
    for (int64_t i = 0; i < value.numel(); ++i)
      levels.insert(value.flatten()[i].item<float>());
  }
  CHECK(levels.size() == 15); // -7 to 7 times 0.1
}

TEST_CASE("a text's quantized loss does not depend on its batch", "[model]") {
  const Quantized s;
  const Model early = s.model.with_activation({Point::embed}, {per_token(), {}, {}});
  const Model late = s.model.with_activation(kFinal, {fixed(6, 2), {}, {}});
  for (const Model& model : {early, late}) {
    const Losses together = evaluate({s.model, model}, s.texts);
    for (std::size_t text = 0; text < 3; ++text) {
      const Losses alone = evaluate({model}, {s.texts[text]});
      CHECK(together.nll[1][text] == Approx(alone.nll[0][0]).epsilon(1e-4));
      CHECK(std::abs(together.nll[0][text] - alone.nll[0][0]) > 1e-3);
    }
  }
}

TEST_CASE("smoothing and rotation surround the grid", "[model]") {
  const Quantized s;
  const at::Tensor scales = at::linspace(0.25, 4, 32);
  const auto before = s.at_site(s.model, kIn);
  const auto after = [&](const ActivationQuantizer& q) {
    return s.at_site(s.model.with_activation(kIn, q), kIn);
  };
  const Quantizer coarse = per_token(4), fine = per_token(8);
  const auto smoothed = after({coarse, scales, {}}), rotated = after({coarse, {}, 5}),
             both = after({coarse, scales, 5}), finely = after({fine, scales, 5});
  for (std::size_t text = 0; text < 3; ++text) {
    const at::Tensor x = before[text];
    CHECK(at::equal(smoothed[text], coarse.apply(x / scales) * scales));
    CHECK(at::equal(rotated[text], quantize_rotated(x, coarse, 5)));
    CHECK(at::equal(both[text], quantize_rotated(x / scales, coarse, 5) * scales));
    CHECK(golden::relative_difference(finely[text], x) < 0.05);
    CHECK(golden::relative_difference(both[text], x) > 0.05);
  }
}

TEST_CASE("only the layer of the site gets another key", "[model]") {
  const Quantized s;
  const std::vector<std::pair<Site, int>> layer_of = {
      {{Point::embed}, -1}, {kIn, 1}, {{Point::resid_post, 0}, 0}, {kFinal, 3}};
  for (const auto& [site, changed] : layer_of) {
    INFO(site.name());
    const Model q = s.model.with_activation(site, {per_token(), {}, {}});
    for (int layer = -1; layer <= 3; ++layer)
      CHECK((q.layer_key(layer) == s.model.layer_key(layer)) == (layer != changed));
    CHECK(q.digest() != s.model.digest());
    CHECK(q.describe() == s.model.describe() + ", 1 site quantized");
  }
}

TEST_CASE("keys differ where quantizers do, and the last one at a site counts", "[model]") {
  const Quantized s;
  const at::Tensor ones = at::ones({32}), twos = at::full({32}, 2.0F);
  const std::vector<ActivationQuantizer> all = {{per_token(), {}, {}},   {per_token(8), {}, {}},
                                                {fixed(4, 1), {}, {}},   {fixed(4, 2), {}, {}},
                                                {per_token(), ones, {}}, {per_token(), twos, {}},
                                                {per_token(), {}, 1},    {per_token(), {}, 2}};
  std::set<std::string> keys, digests;
  for (const ActivationQuantizer& q : all) {
    const Model model = s.model.with_activation(kIn, q);
    keys.insert(model.layer_key(1));
    digests.insert(model.digest());
    CHECK(model.layer_key(1) == s.model.with_activation(kIn, q).layer_key(1));
    const Model twice = s.model.with_activation(kIn, all[0]).with_activation(kIn, q);
    CHECK(twice.layer_key(1) == model.layer_key(1));
  }
  CHECK(keys.size() == all.size());
  CHECK(digests.size() == all.size());
}

TEST_CASE("an ablated site stays a constant", "[model]") {
  const Quantized s;
  const Model cut = s.model.ablated(kIn, {}).with_activation(kIn, {per_token(), {}, {}});
  CHECK(s.at_site(cut, kIn)[0].abs().max().item<float>() == 0);
}

TEST_CASE("fine quantization of all sites barely moves the loss, coarse does", "[model]") {
  const Quantized s;
  Model fine = s.model, coarse = s.model;
  for (const Site& site : all_sites(s.model.architecture()))
    if (site.point != Point::attn_pattern && site.point != Point::logits) {
      fine = fine.with_activation(site, {per_token(8), {}, {}});
      coarse = coarse.with_activation(site, {per_token(2), {}, {}});
    }
  const Losses losses = evaluate({s.model, fine, coarse}, s.texts);
  for (std::size_t text = 0; text < 3; ++text) {
    CHECK(losses.nll[1][text] == Approx(losses.nll[0][text]).epsilon(0.02));
    CHECK(std::abs(losses.nll[2][text] - losses.nll[0][text]) >
          std::abs(losses.nll[1][text] - losses.nll[0][text]));
  }
}

TEST_CASE("gradients pass straight through", "[model][train]") {
  const Quantized s;
  const Site out{Point::mlp_out, 1};
  const std::string bias = "L1.mlp.down.bias"; // added at the site, so both gradients are one
  for (const ActivationQuantizer& q :
       {ActivationQuantizer{per_token(3), {}, {}}, ActivationQuantizer{fixed(4, 0.01), {}, {}},
        ActivationQuantizer{per_token(4), at::linspace(0.5, 2, 32), 3}}) {
    const Model model = s.model.with_activation(out, q);
    const Gradients result = gradients(model, s.texts, {bias}, {out});
    at::Tensor sum = at::zeros({32});
    for (const at::Tensor& of_text : result.sites.at(out))
      sum = sum + of_text.sum(0);
    CHECK(sum.abs().max().item<float>() > 0);
    CHECK(golden::relative_difference(result.params.at(bias), sum) < 1e-5);
    const Losses losses = evaluate({model}, s.texts);
    double nll = 0, tokens = 0;
    for (std::size_t text = 0; text < 3; ++text) {
      nll += losses.nll[0][text];
      tokens += static_cast<double>(losses.tokens[text]);
    }
    CHECK(result.loss == Approx(nll / tokens).epsilon(1e-6)); // of the quantized model
  }
}

TEST_CASE("what cannot be quantized is refused", "[model]") {
  const Quantized s;
  const auto refused = [&](const Site& site, const ActivationQuantizer& q) {
    return message_of([&] { s.model.with_activation(site, q); });
  };
  CHECK(refused({Point::attn_pattern, 0}, {per_token(), {}, {}}) ==
        "site 'L0.attn.pattern' cannot be quantized; choose one of width x tokens");
  CHECK(refused({Point::logits}, {per_token(), {}, {}}) ==
        "site 'logits' cannot be quantized; choose one of width x tokens");
  CHECK(refused(kIn, {per_token(9), {}, {}}) == "bits = 9; use 2 to 8");
  const std::string tail =
      " depend on their batch; use per = \"token\" or \"group\", or per = \"tensor\" with clip = "
      "\"fixed\"";
  CHECK(refused(kIn, {integer_quantizer(8, true), {}, {}}) ==
        "activations quantized int8 symmetric per tensor, clip absmax" + tail);
  Quantizer rows = integer_quantizer(8, true, Granularity::token);
  rows.kept_rows = {0};
  CHECK(refused(kIn, {rows, {}, {}})
            .ends_with("keep columns instead of rows, and use scales that "
                       "need no tensor scale"));
  Quantizer nvfp4 = integer_quantizer(8, true, Granularity::group, 16);
  nvfp4.scale_format = ScaleFormat::e4m3;
  CHECK(refused(kIn, {nvfp4, {}, {}}).find("depend on their batch") != std::string::npos);
  Quantizer channel = fixed(8, 1);
  channel.per = Granularity::channel;
  CHECK(refused(kIn, {channel, {}, {}}) ==
        "activations quantized int8 symmetric per channel, clip fixed 1" + tail);
  Quantizer drawn = per_token();
  drawn.rounding = Rounding::stochastic;
  CHECK(refused(kIn, {drawn, {}, {}}) == "activations are rounded half to even, without bias "
                                         "correction; leave rounding and bias_correction out");
  CHECK(refused(kIn, {per_token(), at::ones({31}), {}}) ==
        "smoothing of shape [31] at site 'L1.attn.in'; give 32 numbers");
  CHECK(refused(kHidden, {per_token(), at::ones({1, 128}), {}}) ==
        "smoothing of shape [1, 128] at site 'L1.mlp.hidden'; give 128 numbers");
}
