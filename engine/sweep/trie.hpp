#pragma once
// The trie of layer variants: models that agree on the first k layers share a path of k nodes.
// Layer -1 stands for the embedding, `layers` for the final norm and head.

#include "engine/model/model.hpp"

#include <vector>

namespace residua {

using ModelIndexes = std::vector<std::size_t>;

/// A node of the trie below a known one: these models go on from `parent` by the same layer.
struct Fork {
  std::size_t parent;
  ModelIndexes models;
};

/// Nodes that run the same layer, each after a prefix of its own.
using Variant = std::vector<Fork>;

/// All models.
ModelIndexes everyone(const std::vector<Model>& models);

/// The nodes of `layer` below `parents`, by what the layer computes; in order of first appearance,
/// so model 0 comes first.
std::vector<Variant> variants(const std::vector<Model>& models,
                              const std::vector<ModelIndexes>& parents, int layer);

/// What one text costs a run of all models up to layer `last`, and what its plan looks like.
struct TrieSize {
  int64_t nodes = 0;      ///< layers that run, head included, embedding not
  int64_t separate = 0;   ///< the same if each model ran by itself
  int64_t leaves = 0;     ///< nodes of the last layer: models that differ
  int64_t most_nodes = 0; ///< of one layer: prefixes that live at once when all run abreast
  std::vector<int64_t> variants_by_layer; ///< different embeddings, L0, L1, ..., heads
};
TrieSize measure_trie(const std::vector<Model>& models, int last);

} // namespace residua
