// Models as values: whatever is derived from them or computed with them, they stay as they were.

#include "tests/support/catch.hpp"

#include "engine/model/tensor_cache.hpp"
#include "engine/model/weights.hpp"
#include "engine/probe/capture.hpp"
#include "engine/sweep/evaluate.hpp"
#include "engine/train/gradients.hpp"
#include "engine/train/trainer.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <random>

using namespace residua;

/// A model that was made earlier, and what it said then.
struct Witness {
  Model model;
  std::string digest;
  std::vector<double> nll; // of each text
};

/// Makes random models from earlier ones and uses them in random ways.
class Play {
 public:
  Play(const std::string& checkpoint, unsigned seed)
      : golden_(golden::load(checkpoint)), random_(seed) {
    for (int text = 0; text < 3; ++text)
      texts_.push_back(golden_.ids(text));
    made.push_back(witness(golden_.model));
  }

  void step() {
    const Model& model = made[below(made.size())].model;
    switch (below(7)) {
      case 0:
        return keep(model.with(plan()));
      case 1:
        return keep(changed(model));
      case 2:
        return keep(model.ablated(site(), {}));
      case 3:
        return keep(model.ablated({Point::resid_mid, layer()}, {at::randn({width()}), ""}));
      case 4:
        evaluate({model, made[below(made.size())].model}, texts_);
        return;
      case 5:
        capture_tensors({model}, texts_, {site()});
        return;
      default:
        return differentiate(model);
    }
  }

  /// What the model says now.
  Witness witness(const Model& model) const {
    return {model, model.digest(), evaluate({model}, texts_).nll[0]};
  }
  const std::vector<TokenIds>& texts() const { return texts_; }

  std::vector<Witness> made;

 private:
  std::size_t below(std::size_t count) { return random_() % count; }
  int layer() { return static_cast<int>(below(golden_.model.architecture().layers)); }
  int64_t width() const { return golden_.model.architecture().width; }
  std::string param() {
    const auto& params = golden_.model.weights().params();
    return params[below(params.size())].name;
  }
  Site site() {
    const auto sites = all_sites(golden_.model.architecture());
    return sites[below(sites.size())];
  }
  Quantizer quantizer() {
    return integer_quantizer(2 + static_cast<int>(below(7)), below(2) == 0,
                             static_cast<Granularity>(below(3)), 7);
  }
  Plan plan() {
    return Plan({{param(), quantizer()}, {cat("L", layer(), ".*"), quantizer()}, {param(), {}}});
  }
  Model changed(const Model& model) {
    const std::string name = param();
    return model.with_param(name, model.param(name) + 0.1 * at::randn_like(model.param(name)));
  }
  void differentiate(const Model& model) {
    gradients(model, texts_, {param()}, {{Point::resid_post, layer()}});
    Trainer trainer(model, {});
    trainer.step(texts_, 0.1);
    trainer.step(texts_, 0.1);
  }
  void keep(const Model& model) { made.push_back(witness(model)); }

  golden::Checkpoint golden_;
  std::mt19937 random_;
  std::vector<TokenIds> texts_;
};

TEST_CASE("no sequence of operations changes an earlier model", "[model][property]") {
  for (const char* checkpoint : {"gpt2-tied", "llama-gqa"}) {
    Play play(checkpoint, 17);
    for (int step = 0; step < 150; ++step) {
      play.step();
      if (step % 10 != 9)
        continue;
      INFO(checkpoint << " step " << step);
      const Witness now = play.witness(play.made[0].model);
      REQUIRE(now.digest == play.made[0].digest);
      REQUIRE(now.nll == play.made[0].nll);
    }
    // All of them, and again after the cache lost every tensor.
    for (const bool forget : {false, true}) {
      if (forget) {
        const std::size_t budget = weight_cache().budget();
        weight_cache().set_budget(0);
        weight_cache().set_budget(budget);
      }
      for (const Witness& old : play.made) {
        const Witness now = play.witness(old.model);
        REQUIRE(now.digest == old.digest);
        REQUIRE(now.nll == old.nll);
      }
    }
  }
}

TEST_CASE("neither order nor company changes a model's losses", "[model][property]") {
  for (const char* checkpoint : {"gpt2-tied", "llama-bf16"}) {
    Play play(checkpoint, 5);
    for (int step = 0; step < 60; ++step)
      play.step();
    std::vector<Model> models, reversed;
    for (const Witness& witness : play.made)
      models.push_back(witness.model);
    reversed.assign(models.rbegin(), models.rend());
    const Losses forward = evaluate(models, play.texts()),
                 backward = evaluate(reversed, play.texts());
    // Exact: sharing a prefix repeats the same products on the same batch of texts.
    for (std::size_t i = 0; i < models.size(); ++i) {
      CHECK(forward.nll[i] == play.made[i].nll);
      CHECK(backward.nll[models.size() - 1 - i] == play.made[i].nll);
    }
  }
}

TEST_CASE("digests tell functions apart and equal ones together", "[model]") {
  const Model base = golden::load("gpt2-tied").model;
  const Plan plan({{"L1.mlp.up", integer_quantizer(4, true)}});
  const at::Tensor weight = base.param("L1.mlp.up");
  const std::vector<Model> different = {
      base,
      base.with(plan),
      base.with(plan).with(plan),
      base.with(Plan({{"L1.mlp.up", integer_quantizer(5, true)}})),
      base.with(Plan({{"L2.mlp.up", integer_quantizer(4, true)}})),
      base.with_param("L1.mlp.up", weight * 2),
      base.with_param("L1.mlp.up", weight * 2).with(plan),
      base.ablated({Point::mlp_out, 1}, {}),
      base.ablated({Point::mlp_out, 2}, {}),
      base.ablated({Point::mlp_out, 1}, {at::ones({32}), ""}),
      golden::load("gpt2-f16").model};
  for (std::size_t i = 0; i < different.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      CHECK(different[i].digest() != different[j].digest());
  CHECK(golden::load("gpt2-tied").model.digest() == base.digest());
  CHECK(base.with(plan).digest() == base.with(plan).digest());
  CHECK(base.with(Plan({{"L1.*", integer_quantizer(4, true)},
                        {"L1.norm*", {}},
                        {"L1.attn*", {}},
                        {"L1.mlp.down", {}}}))
            .digest() == base.with(plan).digest());
  CHECK(base.with(plan).with_param("L1.mlp.up", weight * 2).digest() ==
        base.with_param("L1.mlp.up", weight * 2).digest());
}

/// Layers (-1 to 3) whose keys differ.
static std::vector<int> differing(const Model& a, const Model& b) {
  std::vector<int> layers;
  for (int layer = -1; layer <= a.architecture().layers; ++layer)
    if (a.layer_key(layer) != b.layer_key(layer))
      layers.push_back(layer);
  return layers;
}

TEST_CASE("layer keys differ where the layers do", "[model]") {
  const Model base = golden::load("gpt2-tied").model;
  const auto layers = [&](const Model& model) { return differing(base, model); };
  using Layers = std::vector<int>;
  CHECK(layers(base.with(Plan({}))).empty());
  CHECK(layers(base.with(Plan({{"L1.mlp.up", integer_quantizer(4, true)}}))) == Layers{1});
  CHECK(layers(base.with(Plan({{"L*.attn.*", integer_quantizer(4, true)}}))) == Layers{0, 1, 2});
  CHECK(layers(base.with(Plan({{"final.norm", integer_quantizer(4, true)}}))) == Layers{3});
  CHECK(layers(base.with(Plan({{"embed.positions", integer_quantizer(4, true)}}))) == Layers{-1});
  CHECK(layers(base.with(Plan({{"embed.tokens", integer_quantizer(4, true)}}))) ==
        Layers{-1, 3}); // tied
  CHECK(layers(base.ablated({Point::embed}, {})) == Layers{-1});
  CHECK(layers(base.ablated({Point::resid_pre, 0}, {})) == Layers{0});
  CHECK(layers(base.ablated({Point::resid_post, 2}, {})) == Layers{2});
  CHECK(layers(base.ablated({Point::final}, {})) == Layers{3});
  CHECK(layers(base.ablated({Point::logits}, {})) == Layers{3});
  const Plan plan({{"L1.mlp.up", integer_quantizer(4, true)}});
  CHECK(differing(base.with(plan), base.with(plan)).empty());
  // Other weights share nothing, even when their bytes are equal.
  CHECK(layers(golden::load("gpt2-tied").model) == Layers{-1, 0, 1, 2, 3});
}

TEST_CASE("a layer without its two outputs passes the stream through", "[model]") {
  for (const char* name : golden::kCheckpoints) {
    const auto checkpoint = golden::load(name);
    if (checkpoint.model.architecture().norm_place == NormPlace::after)
      continue; // the stream itself goes through the norms
    const Model passing =
        checkpoint.model.ablated({Point::attn_out, 1}, {}).ablated({Point::mlp_out, 1}, {});
    const auto values = capture_tensors({passing}, {checkpoint.ids(1)},
                                        {{Point::resid_pre, 1}, {Point::resid_post, 1}});
    CHECK(at::equal(values[0][0][0], values[0][1][0]));
    CHECK(passing.digest() != checkpoint.model.digest());
    CHECK(evaluate_tokens(passing, checkpoint.ids(1)) !=
          evaluate_tokens(checkpoint.model, checkpoint.ids(1)));
  }
}

TEST_CASE("an ablation with a value sets the site to it", "[model]") {
  const auto checkpoint = golden::load("llama-gqa");
  const at::Tensor value = at::arange(32, at::kFloat) / 32;
  const Model model = checkpoint.model.ablated({Point::resid_mid, 0}, {value, ""});
  const auto seen = capture_tensors({model}, {checkpoint.ids(0)}, {{Point::resid_mid, 0}});
  CHECK(at::equal(seen[0][0][0], value.expand({5, 32})));
  // All logits equal: every token costs ln V.
  for (const double nll :
       evaluate_tokens(checkpoint.model.ablated({Point::logits}, {}), checkpoint.ids(0)))
    CHECK(nll == Approx(std::log(59)).epsilon(1e-6));
}

TEST_CASE("a tied head follows its embedding, an untied one does not", "[model]") {
  const auto tied = golden::load("gpt2-tied"), untied = golden::load("gpt2-sharded");
  const auto doubled = [](const Model& m) {
    return m.with_param("embed.tokens", m.param("embed.tokens") * 2);
  };
  const auto at_ends = [](const Model& model, const TokenIds& ids) {
    // The stream after the embedding is fixed from L0 on, so that logits show the head alone.
    const Model fixed = model.ablated({Point::final}, {at::ones({model.architecture().width}), ""});
    const auto seen = capture_tensors({fixed}, {ids}, {{Point::embed}, {Point::logits}});
    return std::pair(seen[0][0][0], seen[0][1][0]);
  };
  const auto [embed, logits] = at_ends(tied.model, tied.ids(1));
  const auto [embed2, logits2] = at_ends(doubled(tied.model), tied.ids(1));
  CHECK(golden::max_difference(embed2, embed) > 0.1);
  CHECK(at::equal(logits2, logits * 2));
  const auto [free_embed, free_logits] = at_ends(untied.model, untied.ids(1));
  const auto [free_embed2, free_logits2] = at_ends(doubled(untied.model), untied.ids(1));
  CHECK(golden::max_difference(free_embed2, free_embed) > 0.1);
  CHECK(at::equal(free_logits2, free_logits));
}

TEST_CASE("params are float32, [out, in], and edits apply in order", "[model]") {
  for (const char* name : golden::kCheckpoints) {
    const Model model = golden::load(name).model;
    for (const Param& param : model.weights().params()) {
      CHECK(model.param(param.name).scalar_type() == at::kFloat);
      CHECK(model.param(param.name).sizes() == param.oriented().sizes());
      CHECK(at::equal(model.param(param.name), param.oriented().to(at::kFloat)));
    }
  }
  const Model base = golden::load("gpt2-tied").model;
  const Quantizer four = integer_quantizer(4, true), two = integer_quantizer(2, true);
  const Model both = base.with(Plan({{"L0.mlp.up", four}})).with(Plan({{"L0.mlp.up", two}}));
  CHECK(at::equal(both.param("L0.mlp.up"), two.apply(four.apply(base.param("L0.mlp.up")))));
  CHECK(both.edited("L0.mlp.up"));
  CHECK_FALSE(both.edited("L0.mlp.down"));
  CHECK(both.describe() ==
        "Model gpt2-tied: gpt2, 3 layers, width 32, 4 heads, vocabulary 61, 1 param edited");
}

TEST_CASE("a quantized tensor is made once", "[model]") {
  const Model model =
      golden::load("gpt2-tied").model.with(Plan({{"*", integer_quantizer(4, true)}}));
  evaluate({model}, {{1, 2, 3}});
  const int64_t made = weight_cache().made();
  evaluate({model, model.with(Plan({}))}, {{1, 2, 3}, {4, 5}});
  CHECK(weight_cache().made() == made);
}

TEST_CASE("wrong edits are named", "[model]") {
  const Model base = golden::load("gpt2-tied").model;
  CHECK(message_of([&] { base.with_param("L0.mlp.gate", at::ones({1})); }) ==
        "model gpt2-tied has no param 'L0.mlp.gate'; model:params() lists them");
  CHECK(message_of([&] {
          base.with_param("L0.mlp.up", at::ones({32, 128}));
        }) == "param 'L0.mlp.up' has shape [128, 32], the new value [32, 128]");
  CHECK(message_of([&] {
          base.with(Plan({{"L9.*", Quantizer{}}}));
        }).starts_with("selector 'L9.*' matches no param"));
  CHECK(message_of([&] {
          base.with(Plan({{"L0.*", integer_quantizer(9, true)}})).param("L0.mlp.up");
        }) == "bits = 9; use 2 to 8");
  const Model broken = base.with_param("final.norm", at::full({32}, NAN));
  CHECK(message_of([&] {
          evaluate({broken}, {{1, 2}});
        }) ==
        "model gpt2-tied: param 'final.norm' holds NaN or infinite values; find out where the "
        "values that replaced it come from");
  const Model narrow = base.ablated({Point::mlp_out, 0}, {at::ones({31}), ""});
  CHECK(message_of([&] {
          evaluate({narrow}, {{1, 2}});
        }) == "the value for site 'L0.mlp.out' has shape [31], the activation [2, 32]; give one "
              "value per column");
}

TEST_CASE("a NaN is found wherever it lies, in either layout", "[model][property]") {
  Architecture a = golden::load("gpt2-tied").model.architecture();
  a.vocab = 1501; // large enough to be read in parts, in parallel
  const Model base(random_weights(a, 1, nullptr));
  const at::Tensor sound = base.param("embed.tokens");
  std::mt19937 random(2);
  for (int trial = 0; trial < 60; ++trial) {
    at::Tensor damaged = trial % 2 == 0 ? sound.clone() : sound.t().clone().t();
    REQUIRE_NOTHROW(base.with_param("embed.tokens", damaged).param("embed.tokens"));
    damaged[static_cast<int64_t>(random() % a.vocab)][static_cast<int64_t>(random() % a.width)] =
        trial % 3 == 0 ? -INFINITY : NAN;
    REQUIRE_THROWS(base.with_param("embed.tokens", damaged).param("embed.tokens"));
  }
}
