#include "engine/sweep/trie.hpp"

#include <algorithm>
#include <unordered_map>

namespace residua {

ModelIndexes everyone(const std::vector<Model>& models) {
  ModelIndexes all(models.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i;
  return all;
}

// Finds the variant of a key, and in it the fork of a parent: its latest, if any.
static Fork& fork_of(std::vector<Variant>& found, std::size_t variant, std::size_t parent) {
  if (variant == found.size())
    found.emplace_back();
  Variant& forks = found[variant];
  if (forks.empty() || forks.back().parent != parent)
    forks.push_back({parent, {}});
  return forks.back();
}

std::vector<Variant> variants(const std::vector<Model>& models,
                              const std::vector<ModelIndexes>& parents, int layer) {
  std::vector<Variant> found;
  std::unordered_map<std::string, std::size_t> index;
  for (std::size_t parent = 0; parent < parents.size(); ++parent)
    for (const std::size_t model : parents[parent]) {
      const auto entry = index.emplace(models[model].layer_key(layer), index.size()).first;
      fork_of(found, entry->second, parent).models.push_back(model);
    }
  return found;
}

TrieSize measure_trie(const std::vector<Model>& models, int last) {
  TrieSize size;
  std::vector<ModelIndexes> level = {everyone(models)};
  for (int layer = -1; layer <= last; ++layer) {
    std::vector<ModelIndexes> next;
    const auto found = variants(models, level, layer);
    for (const Variant& variant : found)
      for (const Fork& fork : variant)
        next.push_back(fork.models);
    level = std::move(next);
    size.variants_by_layer.push_back(static_cast<int64_t>(found.size()));
    const auto nodes = static_cast<int64_t>(level.size());
    size.most_nodes = std::max(size.most_nodes, nodes);
    if (layer < 0)
      continue;
    size.nodes += nodes;
    size.leaves = nodes;
    size.separate += static_cast<int64_t>(models.size());
  }
  return size;
}

} // namespace residua
