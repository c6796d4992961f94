#include "engine/sweep/runner.hpp"

#include "engine/error.hpp"
#include "engine/model/tensor_cache.hpp"
#include "engine/progress.hpp"
#include "engine/sweep/walk.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>

namespace residua {

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

// The weights of layers -1 to `last` [bytes of float32].
static std::vector<double> weight_bytes(const Weights& weights) {
  const Architecture& a = weights.architecture();
  std::vector<double> sizes(a.layers + 2); // embedding, layers, head
  for (const Param& param : weights.params()) {
    const int64_t layer = param.layer() >= 0                 ? param.layer()
                          : param.name.starts_with("embed.") ? -1
                                                             : a.layers;
    sizes[layer + 1] += static_cast<double>(param.stored.numel()) * sizeof(float);
  }
  return sizes;
}

// Whether all weights of a walk stay in the cache from batch to batch.
static bool weights_stay(const std::vector<Model>& models, const TrieSize& trie, int last) {
  const auto sizes = weight_bytes(models[0].weights());
  double bytes = 0;
  for (int layer = -1; layer <= last; ++layer)
    bytes += sizes[layer + 1] * static_cast<double>(trie.variants_by_layer[layer + 1]);
  return bytes < static_cast<double>(weight_cache().budget());
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

// How the texts go: in batches, of which groups pass each layer together.
struct Schedule {
  std::vector<std::vector<int64_t>> batches;
  int64_t together = 0; ///< tokens of a group, or one batch
  int64_t room = 0;     ///< streams of `together` tokens that may live at once
};

// One batch at a time, if all the weights stay in the cache from batch to batch. Else as many as
// their streams, and what the sink keeps of them, fit into memory: then each layer is made once for
// all of them.
static Schedule schedule(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                         const Sink& sink, int last, const TrieSize& trie, double stream_bytes) {
  const Architecture& a = models[0].architecture();
  const double token = static_cast<double>(a.width) * sizeof(float); // bytes of one in a stream
  const auto least = static_cast<double>(last + 3); // streams: the walk needs one per layer
  const auto fitting = static_cast<int64_t>(stream_bytes / (least * token));
  Schedule plan;
  const int64_t budget = std::clamp(fitting, int64_t{1}, batch_tokens(a));
  plan.batches = make_batches(texts, budget);
  const double streams = std::min(static_cast<double>(trie.most_nodes) + 1, 4 * least);
  if (!weights_stay(models, trie, last))
    plan.together = static_cast<int64_t>(stream_bytes / (streams * token + sink.kept_bytes(a)));
  const double tokens = static_cast<double>(std::max(plan.together, budget)) * token;
  plan.room = static_cast<int64_t>(std::max(least, stream_bytes / tokens));
  return plan;
}

static int64_t count_tokens(const std::vector<TokenIds>& texts) {
  int64_t tokens = 0;
  for (const TokenIds& text : texts)
    tokens += static_cast<int64_t>(text.size());
  return tokens;
}

void RunReport::add(const RunReport& other) {
  stream_bytes = std::max(stream_bytes, other.stream_bytes);
  layer_tokens += other.layer_tokens;
  trie_tokens += other.trie_tokens;
}

RunReport run(const std::vector<Model>& models, const std::vector<TokenIds>& texts, Sink& sink,
              double stream_bytes) {
  RunReport report;
  if (models.empty() || texts.empty())
    return report;
  require_one_architecture(models);
  const at::NoGradGuard no_grad;
  const Architecture& a = models[0].architecture();
  const int last = last_wanted(sink, a);
  const TrieSize trie = measure_trie(models, last);
  const Schedule plan = schedule(models, texts, sink, last, trie, stream_bytes);
  const int64_t asked = count_tokens(texts) * trie.nodes;
  report.trie_tokens = static_cast<double>(asked);
  Progress progress(cat("running ", models.size(), models.size() == 1 ? " model" : " models"),
                    std::max<int64_t>(1, asked), "layer tokens");
  std::vector<Packed> group;
  int64_t grouped = 0;
  for (std::size_t i = 0; i < plan.batches.size(); ++i) {
    group.push_back(pack(texts, plan.batches[i], a.context));
    grouped += group.back().tokens;
    if (grouped < plan.together && i + 1 < plan.batches.size())
      continue;
    Walk walk(models, group, sink, last, progress);
    walk.start(plan.room);
    sink.done();
    const double bytes = static_cast<double>(grouped * a.width) * sizeof(float);
    report.stream_bytes = std::max(report.stream_bytes, walk.most_streams() * bytes);
    group.clear();
    grouped = 0;
  }
  report.layer_tokens = static_cast<double>(progress.done());
  return report;
}

} // namespace residua
