#include "engine/sweep/cost.hpp"

#include "engine/sweep/runner.hpp"

#include <set>

namespace residua {

double layer_flops(const Architecture& a, const std::vector<int64_t>& lengths) {
  const auto mlp = static_cast<double>((a.gated_mlp ? 3 : 2) * a.mlp_width);
  const auto attn = static_cast<double>(2 * a.query_width() + 2 * a.kv_width());
  double tokens = 0, pairs = 0;
  for (const int64_t length : lengths) {
    tokens += static_cast<double>(length);
    pairs += static_cast<double>(length) * static_cast<double>(length + 1) / 2;
  }
  return 2 * static_cast<double>(a.width) * (attn + mlp) * tokens +
         4 * static_cast<double>(a.query_width()) * pairs;
}

double head_flops(const Architecture& a, const std::vector<int64_t>& lengths) {
  double predicted = 0;
  for (const int64_t length : lengths)
    predicted += static_cast<double>(length - 1);
  return 2 * static_cast<double>(a.vocab) * static_cast<double>(a.embedding_width()) * predicted;
}

SweepCost cost_of_sweep(const std::vector<Model>& models, const std::vector<TokenIds>& texts) {
  SweepCost cost;
  if (models.empty())
    return cost;
  require_one_architecture(models);
  const Architecture& a = models[0].architecture();
  const TrieSize trie = measure_trie(models, static_cast<int>(a.layers));
  std::vector<int64_t> lengths;
  for (const TokenIds& text : texts)
    lengths.push_back(static_cast<int64_t>(text.size()));
  std::set<std::string> changed;
  for (const Model& model : models)
    model.add_changed_params(changed);
  cost.models = static_cast<int64_t>(models.size());
  cost.distinct = trie.leaves;
  cost.layers = trie.nodes;
  cost.separate_layers = trie.separate;
  cost.tensors = static_cast<int64_t>(changed.size());
  const double layer = layer_flops(a, lengths), head = head_flops(a, lengths);
  cost.flops = layer * static_cast<double>(trie.nodes - trie.leaves) +
               head * static_cast<double>(trie.leaves);
  cost.separate_flops =
      (layer * static_cast<double>(a.layers) + head) * static_cast<double>(models.size());
  return cost;
}

} // namespace residua
