// The planner: sharing changes no result, does the work that the closed form says, and can be
// stopped.

#include "tests/support/catch.hpp"

#include "engine/interrupt.hpp"
#include "engine/model/tensor_cache.hpp"
#include "engine/probe/capture.hpp"
#include "engine/sweep/continuation.hpp"
#include "engine/sweep/cost.hpp"
#include "engine/sweep/evaluate.hpp"
#include "tests/engine/sweep/small_models.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <cmath>
#include <map>
#include <random>
#include <set>

using namespace residua;

/// Counts how often each site is computed.
class CountingSink : public Sink {
 public:
  bool wants_loss() const override { return true; }
  bool wants(const Site& site) const override {
    return site.point == Point::resid_post || site.point == Point::final;
  }
  void observe(const Site& site, const Packed&, const at::Tensor&,
               const ModelIndexes& models) override {
    ++(site.point == Point::final ? heads : layers);
    pairs += static_cast<int>(models.size());
  }
  int layers = 0, heads = 0, pairs = 0;
};

TEST_CASE("sharing costs what the closed form says, and the runner does no more", "[sweep]") {
  const Model base = small_model(12);
  // Layers of a sweep that protects 1 or 2 of 12, as a trie: 89 and 362 against 144 and 792; a head
  // for each model.
  const struct { int protect, layers; } sweeps[] = {{1, 89}, {2, 362}};
  for (const auto& sweep : sweeps) {
    const auto models = protecting_each(base, sweep.protect);
    const auto count = static_cast<int>(models.size());
    const SweepCost cost = cost_of_sweep(models, {{1, 2, 3}});
    CHECK(cost.layers == sweep.layers + count);
    CHECK(cost.separate_layers == count * 13);
    CHECK(cost.distinct == count);
    CHECK(cost.tensors == 12 * 6); // norms count
    CountingSink sink;
    const RunReport report = run(models, {{1, 2, 3}}, sink);
    CHECK(report.layer_tokens == 3 * (sweep.layers + count));
    CHECK(report.trie_tokens == report.layer_tokens);
    CHECK(sink.layers == sweep.layers);
    CHECK(sink.heads == count);
    CHECK(sink.pairs == count * 13); // each model's activation at each site, shared or not
  }
  const auto layers = [&](const std::vector<Model>& models) {
    return cost_of_sweep(models, {{1, 2, 3}}).layers;
  };
  CHECK(layers({base}) == 13);
  CHECK(layers({base, base}) == 13);
  CHECK(layers({base, base.ablated({Point::embed}, {})}) == 26);
  CHECK(cost_of_sweep({}, {}).layers == 0);
  CHECK_THAT(message_of([&] {
               layers({base, small_model(2)});
             }),
             Catch::StartsWith("models of one batch differ in architecture: "));
}

TEST_CASE("texts that cannot be read are found before the run", "[sweep]") {
  const Model model = small_model(2);
  CountingSink sink;
  CHECK(message_of([&] {
          run({model}, {{1, 2}, TokenIds(33, 1)}, sink);
        }).starts_with("text 2 has 33 tokens"));
  CHECK(message_of([&] { run({model}, {{1, 2}, {1, 61}}, sink); }).starts_with("token 61 is not"));
  CHECK(sink.layers == 0);
}

TEST_CASE("operations are counted as the shapes say", "[sweep]") {
  // Width 8, two heads of 4, MLP width 8: products of 4 * 8 * 8 and 2 * 8 * 8 weights for each of 3
  // tokens; scores and mixing of 6 pairs of tokens, 8 wide; a vocabulary of 61 for 2 tokens.
  const Architecture a = small_model(1).architecture();
  CHECK(layer_flops(a, {3}) == 2 * (4 + 2) * 64 * 3 + 2 * 2 * 8 * 6);
  CHECK(head_flops(a, {3}) == 2 * 61 * 8 * 2);
  CHECK(layer_flops(a, {3, 3}) == 2 * layer_flops(a, {3}));
}

TEST_CASE("layers behind the last wanted site do not run", "[sweep]") {
  class Early : public CountingSink {
   public:
    bool wants_loss() const override { return false; }
    bool wants(const Site& site) const override {
      return site.point == Point::resid_post && site.layer <= 1;
    }
  };
  // Models that differ from L2 on only are one as far as anybody looks.
  const Model base = small_model(4), damaged = base.with_param("L2.norm1", at::full({8}, NAN));
  Early sink;
  run({base, damaged}, {{1, 2, 3}}, sink);
  CHECK(sink.layers == 2);
}

/// `count` models, each a random change of one before it.
static std::vector<Model> random_models(const Model& base, std::size_t count,
                                        std::mt19937& random) {
  const auto& params = base.weights().params();
  std::vector<Model> models = {base};
  while (models.size() < count) {
    const std::string param = params[random() % params.size()].name;
    const Quantizer quantizer =
        integer_quantizer(2 + static_cast<int>(random() % 7), random() % 2 == 0,
                          static_cast<Granularity>(random() % 3), 9);
    models.push_back(models[random() % models.size()].with(Plan({{param, quantizer}})));
  }
  return models;
}

TEST_CASE("random batches of requests equal one by one", "[sweep][property]") {
  for (const char* name : {"gpt2-sharded", "llama-gqa", "bloom-4h", "neox-parallel"}) {
    const auto checkpoint = golden::load(name);
    std::vector<TokenIds> texts;
    for (int text = 0; text < 3; ++text)
      texts.push_back(checkpoint.ids(text));
    std::mt19937 random(23);
    const auto models = random_models(checkpoint.model, 30, random);
    std::vector<std::vector<double>> alone; // [model][text]
    for (const Model& model : models) {
      alone.emplace_back();
      for (const TokenIds& text : texts)
        alone.back().push_back(evaluate({model}, {text}).nll[0][0]);
    }
    for (int batch = 0; batch < 50; ++batch) {
      std::vector<std::size_t> which_models(1 + random() % 40), which_texts(1 + random() % 4);
      std::vector<Model> some_models;
      std::vector<TokenIds> some_texts;
      for (std::size_t& model : which_models)
        some_models.push_back(models[model = random() % models.size()]);
      for (std::size_t& text : which_texts)
        some_texts.push_back(texts[text = random() % texts.size()]);
      const double bytes = std::pow(10.0, 3 + static_cast<double>(random() % 6));
      const Losses together = evaluate(some_models, some_texts, {nullptr, bytes});
      for (std::size_t i = 0; i < which_models.size(); ++i)
        for (std::size_t j = 0; j < which_texts.size(); ++j)
          REQUIRE(together.nll[i][j] ==
                  Approx(alone[which_models[i]][which_texts[j]]).epsilon(1e-6));
    }
  }
}

TEST_CASE("the first model's activations come before those of models that differ", "[sweep]") {
  class Order : public Sink {
   public:
    bool wants(const Site& site) const override {
      return site.layer >= 0 && site.point != Point::attn_pattern;
    }
    void observe(const Site& site, const Packed& packed, const at::Tensor&,
                 const ModelIndexes& models) override {
      if (models.front() == 0)
        seen[site].insert(packed.texts.front());
      CHECK(seen[site].contains(packed.texts.front()));
    }
    std::map<Site, std::set<int64_t>> seen;
  } sink;
  const Model base = small_model(5);
  std::vector<Model> models = {protecting(base, {2})};
  for (const Model& model : protecting_each(base, 1))
    models.push_back(model);
  run(models, {{1, 2, 3}, {4, 5}, {6, 7, 8, 9}}, sink);
  CHECK(sink.seen.size() == 5 * 9);
}

TEST_CASE("models of one batch have one architecture", "[sweep]") {
  const Model base = small_model(2);
  CHECK(message_of([&] {
          evaluate({base, small_model(3)}, {{1, 2}});
        }) == "models of one batch differ in architecture: "
              "gpt2, 2 layers, width 8, 2 heads, vocabulary 61 and "
              "gpt2, 3 layers, width 8, 2 heads, vocabulary 61; "
              "run them in two calls");
  // What the rotation angles and the mask are made of counts as well.
  Architecture a = golden::load("llama-gqa").model.architecture();
  const Model llama(random_weights(a, 1, nullptr));
  a.rope.frequencies[1] /= 2;
  const Model other(random_weights(a, 1, nullptr));
  const std::string message = message_of([&] { evaluate({llama, other}, {{1, 2}}); });
  CHECK(message.starts_with("models of one batch differ in architecture: "));
  CHECK(message.find("the same sizes with another rotation") != std::string::npos);
  // Different weights of one architecture go together.
  CHECK(evaluate({base, small_model(2)}, {{1, 2}}).nll.size() == 2);
}

TEST_CASE("weights beyond the cache are made once per layer, with the same results", "[sweep]") {
  const auto checkpoint = golden::load("gpt2-f16");
  std::vector<Model> models = {checkpoint.model, protecting(checkpoint.model, {0}),
                               protecting(checkpoint.model, {1})};
  std::vector<TokenIds> texts; // more than one batch of 4096 tokens
  for (int i = 0; i < 400; ++i)
    texts.push_back(checkpoint.ids(i % 3));
  const auto usual = evaluate(models, texts);
  const auto cosines = [&] {
    return compare(models[0], {models[1], models[2]}, texts, {{Point::resid_post, 1}},
                   Comparison::cosine);
  };
  const auto usual_cosines = cosines();
  const std::size_t budget = weight_cache().budget();
  weight_cache().set_budget(60000); // a layer of 50 kB, not two
  const int64_t before = weight_cache().made();
  const auto streamed = evaluate(models, texts);
  const int64_t made = weight_cache().made() - before;
  CHECK(cosines() == usual_cosines);
  weight_cache().set_budget(budget);
  CHECK(streamed.nll == usual.nll);
  CHECK(made <= 5 * 12 + 3 * 3 + 2); // nodes of the trie, heads, embedding; whatever the batches
}

TEST_CASE("groups of batches give the same losses, whatever their number", "[sweep]") {
  class GroupSink : public Sink {
   public:
    bool wants_loss() const override { return true; }
    void loss(const Packed& packed, const at::Tensor& nll, const ModelIndexes& models) override {
      for (const std::size_t model : models)
        for (int64_t row = 0, first = 0; row < packed.rows(); ++row) {
          const int64_t predicted = packed.lengths[row] - 1;
          losses[{model, packed.texts[row]}] = nll.narrow(0, first, predicted).sum().item<double>();
          first += predicted;
        }
    }
    void done() override { ++groups; }
    std::map<std::pair<std::size_t, int64_t>, double> losses;
    int groups = 0;
  };
  const auto checkpoint = golden::load("gpt2-tied"); // float32: the file's own bytes are used
  const std::vector<Model> models = {checkpoint.model, protecting(checkpoint.model, {0})};
  std::vector<TokenIds> texts;
  for (int i = 0; i < 900; ++i)
    texts.push_back(checkpoint.ids(i % 3));
  const std::size_t budget = weight_cache().budget();
  std::set<int> groups;
  std::map<std::pair<std::size_t, int64_t>, double> first;
  for (const double stream_bytes : {1.0, 2e6, 1e9}) {
    weight_cache().set_budget(1000);
    GroupSink sink;
    run(models, texts, sink, stream_bytes);
    weight_cache().set_budget(budget);
    groups.insert(sink.groups);
    if (first.empty())
      first = sink.losses;
    REQUIRE(sink.losses.size() == first.size());
    for (const auto& [key, nll] : sink.losses)
      REQUIRE(nll == Approx(first.at(key)).epsilon(1e-6)); // batches may differ
  }
  CHECK(groups.size() == 3);
  CHECK(groups.contains(1));
}

TEST_CASE("texts that have no loss or do not fit", "[sweep]") {
  const Model model = golden::load("gpt2-tied").model;
  const std::string tail =
      " tokens, a loss needs two or more (the first is not predicted); remove empty texts";
  CHECK(message_of([&] { evaluate({model}, {{1, 2}, {}}); }) == "text 2 has 0" + tail);
  CHECK(message_of([&] { evaluate({model}, {{1, 2}, {3, 4}, {5}}); }) == "text 3 has 1" + tail);
  CHECK(message_of([&] { evaluate_tokens(model, {7}); }) == "text 1 has 1" + tail);
  CountingSink sink;
  CHECK(message_of([&] { run({model}, {{}}, sink); }) ==
        "text 1 has no tokens; remove empty texts");
  CHECK(message_of([&] {
          evaluate({model}, {{1, 2}, TokenIds(33, 1)});
        }) == "text 2 has 33 tokens, the model reads at most 32; split it into shorter texts");
  CHECK(evaluate({model}, {TokenIds(32, 1)}).tokens[0] == 31);
  CHECK(message_of([&] {
          evaluate({model}, {{1, 61}});
        }) == "token 61 is not in the model's vocabulary of 61; encode the texts with the model's "
              "own tokenizer");
  CHECK(message_of([&] { evaluate({model}, {{-1, 5}}); }).starts_with("token -1 is not in"));
  CHECK(evaluate({}, {{1, 2}}).nll.empty());
  CHECK(evaluate({model}, {}).nll[0].empty());
}

TEST_CASE("an interrupt in the middle leaves everything usable", "[sweep][interrupt]") {
  class Stopping : public Sink {
   public:
    bool wants_loss() const override { return true; }
    bool wants(const Site& site) const override {
      return site.layer == 2 && site.point == Point::resid_post;
    }
    void observe(const Site&, const Packed&, const at::Tensor&, const ModelIndexes&) override {
      if (++seen == 3)
        interrupt::request();
    }
    void loss(const Packed&, const at::Tensor&, const ModelIndexes&) override { ++losses; }
    int seen = 0, losses = 0;
  } sink;
  const auto checkpoint = golden::load("gpt2-tied");
  const std::vector<TokenIds> texts = {checkpoint.ids(0), checkpoint.ids(1)};
  const auto models = protecting_each(checkpoint.model, 1);
  const Losses before = evaluate(models, texts);
  CHECK_THROWS_AS(run(models, texts, sink), Interrupted);
  CHECK(sink.seen == 3);
  CHECK(sink.losses == 0); // all prefixes go abreast
  CHECK_FALSE(interrupt::requested());
  CHECK(evaluate(models, texts).nll == before.nll);
}

TEST_CASE("greedy continuation stops at the count, the stop token and the context", "[sweep]") {
  const Model model = golden::load("gpt2-tied").model;
  const TokenIds ten = continue_greedily(model, {1, 2}, 10, -1);
  CHECK(ten.size() == 12);
  CHECK(continue_greedily(model, {1, 2}, 0, -1) == TokenIds{1, 2});
  CHECK(continue_greedily(model, {1, 2}, 100, -1).size() == 32);
  const TokenIds stopped = continue_greedily(model, {1, 2}, 10, ten[4]);
  CHECK(stopped.back() == ten[4]);
  CHECK(stopped.size() <= 5);
  CHECK(message_of([&] { continue_greedily(model, {}, 3, -1); }) ==
        "text 1 has no tokens; remove empty texts");
}
