#pragma once
// The trie of layer variants: models that agree on the first k layers share a path of k nodes.
// Layer -1 stands for the embedding, `layers` for the final norm and head.

#include "engine/model/model.hpp"

#include <vector>

namespace residua {

using ModelIndexes = std::vector<std::size_t>;

/// All models.
ModelIndexes everyone(const std::vector<Model>& models);

/// Models of `group` that compute the same at `layer`, in order of first appearance: model 0 stays
/// in the first branch.
std::vector<ModelIndexes> branches(const std::vector<Model>& models, const ModelIndexes& group,
                                   int layer);

/// Nodes from L0 to `last`: how many layers one text goes through.
int64_t trie_nodes(const std::vector<Model>& models, int last);

/// The most forks on a way from the root to a leaf: how many streams of one batch live at once,
/// less one.
int64_t most_forks(const std::vector<Model>& models, int last);

/// Layers that a run computes over those that one run per model would; 1 means that nothing is
/// shared.
double shared_cost(const std::vector<Model>& models);

} // namespace residua
