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
  if (sink.wants_loss())
    return static_cast<int>(a.layers);
  int last = -1;
  for (const Site& site : all_sites(a))
    if (sink.wants(site))
      last = layer_of(site, a);
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

void require_one_architecture(const std::vector<Model>& models) {
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

// Ids mean nothing to another tokenizer's model.
static void require_one_tokenizer(const std::vector<Model>& models) {
  const auto& first = models[0].weights().tokenizer();
  for (const Model& model : models) {
    const auto& other = model.weights().tokenizer();
    if (first == other || !first || !other || first->digest() == other->digest())
      continue;
    throw Error(cat("models of one batch have different tokenizers: ", models[0].weights().name(),
                    " and ", model.weights().name()),
                "run them in two calls");
  }
}

void require_readable(const std::vector<TokenIds>& texts, const Architecture& a) {
  for (std::size_t text = 0; text < texts.size(); ++text) {
    require_length(static_cast<int64_t>(texts[text].size()), static_cast<int64_t>(text), a.context);
    for (const int64_t id : texts[text])
      require_known(id, a.vocab);
  }
}

/// How the texts go: in batches, of which groups pass each layer together.
struct Schedule {
  std::vector<std::vector<int64_t>> batches;
  int64_t together = 0;     ///< tokens of a group; one batch if it is less
  double token_bytes = 0;   ///< of one stream
  double kept_bytes = 0;    ///< what the sink keeps of a token
  double least_streams = 0; ///< that a walk needs
};

// One batch at a time, if all the weights stay in the cache from batch to batch. Else as many as
// their streams, and what the sink keeps of them, fit into memory: then each layer is made once for
// all of them.
static Schedule schedule(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                         const Sink& sink, int last, const TrieSize& trie, double stream_bytes) {
  const Architecture& a = models[0].architecture();
  Schedule plan;
  plan.token_bytes = static_cast<double>(a.width) * sizeof(float);
  plan.kept_bytes = sink.kept_bytes(a);
  plan.least_streams = last + 3; // one per layer, and one to make
  const auto fitting = static_cast<int64_t>(
      stream_bytes / (plan.least_streams * plan.token_bytes + plan.kept_bytes));
  plan.batches = make_batches(texts, std::clamp(fitting, int64_t{1}, batch_tokens(a)));
  const double streams = std::clamp(static_cast<double>(trie.most_nodes) + 1, plan.least_streams,
                                    4 * plan.least_streams);
  if (!weights_stay(models, trie, last))
    plan.together =
        static_cast<int64_t>(stream_bytes / (streams * plan.token_bytes + plan.kept_bytes));
  return plan;
}

/// Streams of a group that may live at once.
static int64_t room_for(const Schedule& plan, int64_t tokens, double stream_bytes) {
  const double each = static_cast<double>(tokens) * plan.token_bytes;
  const double kept = static_cast<double>(tokens) * plan.kept_bytes;
  return static_cast<int64_t>(std::max(plan.least_streams, (stream_bytes - kept) / each));
}

static int64_t count_tokens(const std::vector<TokenIds>& texts, const std::vector<int64_t>& which) {
  int64_t tokens = 0;
  for (const int64_t text : which)
    tokens += static_cast<int64_t>(texts[text].size());
  return tokens;
}

void RunReport::add(const RunReport& other) {
  stream_bytes = std::max(stream_bytes, other.stream_bytes);
  layer_tokens += other.layer_tokens;
  trie_tokens += other.trie_tokens;
}

// Batches that pass each layer together, from the batch `first` on: at least one.
static std::vector<Packed> next_group(const Schedule& plan, const std::vector<TokenIds>& texts,
                                      std::size_t first, int64_t context) {
  std::vector<Packed> group;
  int64_t tokens = 0;
  for (std::size_t i = first; i < plan.batches.size(); ++i) {
    tokens += count_tokens(texts, plan.batches[i]);
    if (i > first && tokens > plan.together)
      break;
    group.push_back(pack(texts, plan.batches[i], context));
  }
  return group;
}

static int64_t count_tokens(const std::vector<Packed>& group) {
  int64_t tokens = 0;
  for (const Packed& batch : group)
    tokens += batch.tokens;
  return tokens;
}

RunReport run(const std::vector<Model>& models, const std::vector<TokenIds>& texts, Sink& sink,
              double stream_bytes) {
  RunReport report;
  if (models.empty() || texts.empty())
    return report;
  require_one_architecture(models);
  require_one_tokenizer(models);
  const Architecture& a = models[0].architecture();
  require_readable(texts, a);
  const at::NoGradGuard no_grad;
  const double budget = std::min(stream_bytes, 1e15); // beyond any memory: no limit
  const int last = last_wanted(sink, a);
  const TrieSize trie = measure_trie(models, last);
  const Schedule plan = schedule(models, texts, sink, last, trie, budget);
  int64_t tokens = 0;
  for (const auto& batch : plan.batches)
    tokens += count_tokens(texts, batch);
  report.trie_tokens = static_cast<double>(tokens * trie.nodes);
  Progress progress(cat("running ", models.size(), models.size() == 1 ? " model" : " models"),
                    std::max<int64_t>(1, tokens * trie.nodes), "layer tokens");
  for (std::size_t done = 0; done < plan.batches.size();) {
    const auto group = next_group(plan, texts, done, a.context);
    const int64_t grouped = count_tokens(group);
    Walk walk(models, group, sink, last, progress);
    walk.start(room_for(plan, grouped, budget));
    sink.done();
    const double bytes = static_cast<double>(grouped) * plan.token_bytes;
    report.stream_bytes =
        std::max(report.stream_bytes, static_cast<double>(walk.most_streams()) * bytes);
    done += group.size();
  }
  report.layer_tokens = static_cast<double>(progress.done());
  return report;
}

} // namespace residua
