#include "engine/sweep/runner.hpp"

#include "engine/error.hpp"
#include "engine/model/tensor_cache.hpp"
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

using Streams = std::vector<at::Tensor>; // the residual stream of each batch of a group

// A group of batches: a depth-first walk of the trie of layer variants. All batches pass a layer
// before any goes on, so that its weights are made once for the group.
class Walk {
 public:
  Walk(const std::vector<Model>& models, const std::vector<Packed>& group, Sink& sink, int last,
       Progress& progress)
      : models_(models), sink_(sink), last_(last), progress_(progress) {
    for (const Packed& packed : group)
      passes_.emplace_back(models_[0].architecture(), packed);
  }

  void start() {
    for (const ModelIndexes& branch : branches(models_, everyone(models_), -1)) {
      const Model& model = models_[branch[0]];
      Streams streams;
      for (const Pass& pass : passes_) {
        BranchTaps taps(sink_, pass.packed(), branch);
        streams.push_back(embed(model, pass, taps));
      }
      descend(0, std::move(streams), branch);
    }
  }

 private:
  // The last branch takes the streams over, so that only forks keep copies.
  void descend(int layer, Streams streams, const ModelIndexes& group) {
    if (layer > last_)
      return;
    const auto variants = branches(models_, group, layer);
    for (const ModelIndexes& branch : variants) {
      Streams next = &branch == &variants.back() ? std::move(streams) : streams;
      for (std::size_t i = 0; i < passes_.size(); ++i)
        next[i] = step(layer, next[i], passes_[i], branch);
      descend(layer + 1, std::move(next), branch);
    }
  }

  // One layer, or after the last one the final norm, head and loss.
  at::Tensor step(int layer, const at::Tensor& stream, const Pass& pass,
                  const ModelIndexes& branch) {
    const Packed& packed = pass.packed();
    const Model& model = models_[branch[0]];
    BranchTaps taps(sink_, packed, branch);
    progress_.advance(packed.tokens);
    if (layer < model.architecture().layers)
      return run_layer(model, layer, stream, pass, taps);
    const at::Tensor hidden = run_final(model, stream, taps);
    if (sink_.wants_loss() || sink_.wants({Point::logits}))
      sink_.loss(packed, token_nll(model, hidden, packed, taps), branch);
    return {};
  }

  const std::vector<Model>& models_;
  std::vector<Pass> passes_;
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

// Forks on the way to the deepest leaf: how many streams of one batch live at once, less one.
static int64_t most_forks(const std::vector<Model>& models, const ModelIndexes& group, int layer,
                          int last) {
  if (layer > last)
    return 0;
  const auto variants = branches(models, group, layer);
  int64_t most = 0;
  for (const ModelIndexes& branch : variants)
    most = std::max(most, most_forks(models, branch, layer + 1, last) +
                              (&branch == &variants.back() ? 0 : 1));
  return most;
}

// How many tokens go through a layer together. One batch, if all the weights that the walk needs
// stay in the cache from batch to batch. Else as many as their streams, and what a sink may keep
// of them, fit into memory: then each layer is made once for all of them.
static int64_t group_tokens(const std::vector<Model>& models, const Sink& sink, int last,
                            int64_t nodes) {
  constexpr int64_t kStreamBytes = int64_t{1} << 30;
  const Architecture& a = models[0].architecture();
  int64_t bytes = 0, kept = 0;
  for (const Param& param : models[0].weights().params())
    bytes += param.stored.numel() * static_cast<int64_t>(sizeof(float));
  if (bytes / std::max<int64_t>(1, a.layers) * nodes <
      static_cast<int64_t>(weight_cache().budget()))
    return 0;
  for (const Site& site : all_sites(a))
    kept += sink.wants(site) ? 2 : 0; // in float64
  const int64_t live = 1 + kept + most_forks(models, everyone(models), -1, last);
  return kStreamBytes / (live * a.width * static_cast<int64_t>(sizeof(float)));
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
  const int64_t nodes = std::max<int64_t>(1, trie_nodes(models, everyone(models), -1, last));
  Progress progress(cat("running ", models.size(), models.size() == 1 ? " model" : " models"),
                    tokens * nodes);
  const int64_t together = group_tokens(models, sink, last, nodes);
  std::vector<Packed> group;
  int64_t grouped = 0;
  const auto batches = make_batches(texts, batch_tokens(a));
  for (std::size_t i = 0; i < batches.size(); ++i) {
    group.push_back(pack(texts, batches[i], a.context));
    grouped += group.back().tokens;
    if (grouped < together && i + 1 < batches.size())
      continue;
    Walk(models, group, sink, last, progress).start();
    sink.done();
    group.clear();
    grouped = 0;
  }
}

double shared_cost(const std::vector<Model>& models) {
  const auto layers = static_cast<int>(models.at(0).architecture().layers);
  const int64_t nodes = trie_nodes(models, everyone(models), -1, layers);
  return static_cast<double>(nodes) / static_cast<double>(models.size() * (layers + 1));
}

} // namespace residua
