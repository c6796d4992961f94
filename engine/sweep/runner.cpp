#include "engine/sweep/runner.hpp"

#include "engine/error.hpp"
#include "engine/model/tensor_cache.hpp"
#include "engine/progress.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <optional>

namespace residua {

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
      : models_(models), group_(group), sink_(sink), last_(last), progress_(progress) {}

  void start() {
    for (const ModelIndexes& branch : branches(models_, everyone(models_), -1)) {
      const Model& model = models_[branch[0]];
      Streams streams;
      for (std::size_t i = 0; i < group_.size(); ++i) {
        BranchTaps taps(sink_, group_[i], branch);
        streams.push_back(embed(model, pass(i), taps));
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
      for (std::size_t i = 0; i < group_.size(); ++i)
        next[i] = step(layer, next[i], i, branch);
      descend(layer + 1, std::move(next), branch);
    }
  }

  // One layer, or after the last one the final norm, head and loss.
  at::Tensor step(int layer, const at::Tensor& stream, std::size_t batch,
                  const ModelIndexes& branch) {
    const Packed& packed = group_[batch];
    const Model& model = models_[branch[0]];
    BranchTaps taps(sink_, packed, branch);
    progress_.advance(packed.tokens);
    if (layer < model.architecture().layers)
      return run_layer(model, layer, stream, pass(batch), taps);
    const at::Tensor hidden = run_final(model, stream, taps);
    if (sink_.wants_loss() || sink_.wants({Point::logits}))
      sink_.loss(packed, token_nll(model, hidden, packed, taps), branch);
    return {};
  }

  // Masks grow with the square of the length, so only those of one batch are kept.
  const Pass& pass(std::size_t batch) {
    if (!pass_ || pass_batch_ != batch) {
      pass_.reset();
      pass_.emplace(models_[0].architecture(), group_[batch]);
      pass_batch_ = batch;
    }
    return *pass_;
  }

  const std::vector<Model>& models_;
  const std::vector<Packed>& group_;
  std::optional<Pass> pass_;
  std::size_t pass_batch_ = 0;
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

// The weights that a walk needs up to layer `last`, in float32, each layer variant once.
static double weight_bytes(const std::vector<Model>& models, int last) {
  const Architecture& a = models[0].architecture();
  std::vector<double> sizes(a.layers + 2); // embedding, layers, head
  for (const Param& param : models[0].weights().params()) {
    const int64_t layer = param.layer() >= 0                 ? param.layer()
                          : param.name.starts_with("embed.") ? -1
                                                             : a.layers;
    sizes[layer + 1] += static_cast<double>(param.stored.numel()) * sizeof(float);
  }
  double bytes = 0;
  for (int layer = -1; layer <= last; ++layer)
    bytes +=
        sizes[layer + 1] * static_cast<double>(branches(models, everyone(models), layer).size());
  return bytes;
}

// How many tokens go through a layer together. One batch, if all the weights that the walk needs
// stay in the cache from batch to batch. Else as many as their streams, and what the sink keeps of
// them, fit into memory: then each layer is made once for all of them.
static int64_t group_tokens(const std::vector<Model>& models, const Sink& sink, int last,
                            double stream_bytes) {
  if (weight_bytes(models, last) < static_cast<double>(weight_cache().budget()))
    return 0;
  const Architecture& a = models[0].architecture();
  const double streams = static_cast<double>((1 + most_forks(models, last)) * a.width);
  return static_cast<int64_t>(stream_bytes / (streams * sizeof(float) + sink.kept_bytes(a)));
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

void run(const std::vector<Model>& models, const std::vector<TokenIds>& texts, Sink& sink,
         double stream_bytes) {
  if (models.empty() || texts.empty())
    return;
  require_one_architecture(models);
  const at::NoGradGuard no_grad;
  const Architecture& a = models[0].architecture();
  const int last = last_wanted(sink, a);
  int64_t tokens = 0;
  for (const TokenIds& text : texts)
    tokens += static_cast<int64_t>(text.size());
  const int64_t nodes = std::max<int64_t>(1, trie_nodes(models, last));
  Progress progress(cat("running ", models.size(), models.size() == 1 ? " model" : " models"),
                    tokens * nodes);
  const int64_t together = group_tokens(models, sink, last, stream_bytes);
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

} // namespace residua
