#include "engine/sweep/runner.hpp"

#include "engine/error.hpp"
#include "engine/progress.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <map>

namespace residua {

// Models of `group` that compute the same at `layer`, in order of first appearance: model 0 stays
// in the first branch.
static std::vector<ModelIndexes> branches(const std::vector<Model>& models,
                                          const ModelIndexes& group, int layer) {
  std::vector<ModelIndexes> found;
  std::map<std::string, std::size_t> index;
  for (const std::size_t model : group) {
    const auto [entry, is_new] = index.emplace(models[model].layer_key(layer), found.size());
    if (is_new)
      found.emplace_back();
    found[entry->second].push_back(model);
  }
  return found;
}

static ModelIndexes everyone(const std::vector<Model>& models) {
  ModelIndexes all(models.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i;
  return all;
}

// Passes what a branch computes on to the sink.
class BranchTaps : public Taps {
 public:
  BranchTaps(Sink& sink, const Packed& packed, const ModelIndexes& branch)
      : sink_(sink), packed_(packed), branch_(branch) {}
  bool wants(const Site& site) const override { return sink_.wants(site); }
  at::Tensor at(const Site& site, const at::Tensor& value) override {
    sink_.observe(site, packed_, value, branch_);
    return value;
  }

 private:
  Sink& sink_;
  const Packed& packed_;
  const ModelIndexes& branch_;
};

// One batch of texts: a depth-first walk of the trie of layer variants.
class Walk {
 public:
  Walk(const std::vector<Model>& models, const Packed& packed, Sink& sink, int last,
       Progress& progress)
      : models_(models), packed_(packed), pass_(models[0].architecture(), packed), sink_(sink),
        last_(last), progress_(progress) {}

  void start() {
    for (const ModelIndexes& branch : branches(models_, everyone(models_), -1)) {
      BranchTaps taps(sink_, packed_, branch);
      descend(0, embed(models_[branch[0]], pass_, taps), branch);
    }
  }

 private:
  void descend(int layer, const at::Tensor& stream, const ModelIndexes& group) {
    if (layer > last_)
      return;
    for (const ModelIndexes& branch : branches(models_, group, layer)) {
      BranchTaps taps(sink_, packed_, branch);
      const Model& model = models_[branch[0]];
      progress_.advance(packed_.tokens);
      if (layer < model.architecture().layers)
        descend(layer + 1, run_layer(model, layer, stream, pass_, taps), branch);
      else
        finish(model, run_final(model, stream, taps), branch, taps);
    }
  }

  void finish(const Model& model, const at::Tensor& hidden, const ModelIndexes& branch,
              Taps& taps) {
    if (sink_.wants_loss() || sink_.wants({Point::logits}))
      sink_.loss(packed_, token_nll(model, hidden, packed_, taps), branch);
  }

  const std::vector<Model>& models_;
  const Packed& packed_;
  const Pass pass_;
  Sink& sink_;
  const int last_;
  Progress& progress_;
};

// The last layer whose computation somebody wants; `layers` stands for the final norm and head.
static int last_wanted(const Sink& sink, const Architecture& a) {
  const auto layers = static_cast<int>(a.layers);
  if (sink.wants_loss())
    return layers;
  int last = -1;
  for (const Site& site : all_sites(a))
    if (sink.wants(site))
      last = site.layer >= 0 ? site.layer : site.point == Point::embed ? -1 : layers;
  return last;
}

static int64_t trie_nodes(const std::vector<Model>& models, const ModelIndexes& group, int layer,
                          int last) {
  if (layer > last)
    return 0;
  int64_t nodes = 0;
  for (const ModelIndexes& branch : branches(models, group, layer))
    nodes += (layer >= 0 ? 1 : 0) + trie_nodes(models, branch, layer + 1, last);
  return nodes;
}

static void require_one_architecture(const std::vector<Model>& models) {
  const Architecture& first = models.at(0).architecture();
  for (const Model& model : models) {
    if (model.architecture() == first)
      continue;
    const std::string one = describe(first), other = describe(model.architecture());
    throw Error(
        cat("models of one batch differ in architecture: ", one, " and ",
            one == other ? "the same sizes with another rotation, norm, window or context" : other),
        "run them in two calls");
  }
}

void run(const std::vector<Model>& models, const std::vector<TokenIds>& texts, Sink& sink) {
  if (models.empty() || texts.empty())
    return;
  require_one_architecture(models);
  const at::NoGradGuard no_grad;
  const Architecture& a = models[0].architecture();
  const int last = last_wanted(sink, a);
  int64_t tokens = 0;
  for (const TokenIds& text : texts)
    tokens += static_cast<int64_t>(text.size());
  Progress progress(cat("running ", models.size(), models.size() == 1 ? " model" : " models"),
                    tokens * std::max<int64_t>(1, trie_nodes(models, everyone(models), -1, last)));
  for (const auto& batch : make_batches(texts, batch_tokens(a))) {
    const Packed packed = pack(texts, batch, a.context);
    Walk(models, packed, sink, last, progress).start();
  }
}

double shared_cost(const std::vector<Model>& models) {
  const auto layers = static_cast<int>(models.at(0).architecture().layers);
  const int64_t nodes = trie_nodes(models, everyone(models), -1, layers);
  return static_cast<double>(nodes) / static_cast<double>(models.size() * (layers + 1));
}

} // namespace residua
