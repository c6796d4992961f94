#include "engine/sweep/trie.hpp"

#include <map>

namespace residua {

std::vector<ModelIndexes> branches(const std::vector<Model>& models, const ModelIndexes& group,
                                   int layer) {
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

ModelIndexes everyone(const std::vector<Model>& models) {
  ModelIndexes all(models.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i;
  return all;
}

static int64_t nodes_below(const std::vector<Model>& models, const ModelIndexes& group, int layer,
                           int last) {
  if (layer > last)
    return 0;
  int64_t nodes = 0;
  for (const ModelIndexes& branch : branches(models, group, layer))
    nodes += (layer >= 0 ? 1 : 0) + nodes_below(models, branch, layer + 1, last);
  return nodes;
}

int64_t trie_nodes(const std::vector<Model>& models, int last) {
  return nodes_below(models, everyone(models), -1, last);
}

static int64_t forks_below(const std::vector<Model>& models, const ModelIndexes& group, int layer,
                           int last) {
  if (layer > last)
    return 0;
  const auto variants = branches(models, group, layer);
  int64_t most = 0;
  for (const ModelIndexes& branch : variants)
    most = std::max(most, forks_below(models, branch, layer + 1, last) +
                              (&branch == &variants.back() ? 0 : 1));
  return most;
}

int64_t most_forks(const std::vector<Model>& models, int last) {
  return forks_below(models, everyone(models), -1, last);
}

double shared_cost(const std::vector<Model>& models) {
  const auto layers = static_cast<int>(models.at(0).architecture().layers);
  const int64_t nodes = trie_nodes(models, layers);
  return static_cast<double>(nodes) / static_cast<double>(models.size() * (layers + 1));
}

} // namespace residua
