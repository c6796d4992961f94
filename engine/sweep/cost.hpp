#pragma once
// What a sweep would cost, without running it.

#include "engine/model/packed.hpp"
#include "engine/sweep/trie.hpp"

namespace residua {

struct SweepCost {
  int64_t models = 0, distinct = 0;        ///< asked for; and those that compute different things
  int64_t layers = 0, separate_layers = 0; ///< layers and heads to run; if each model ran by itself
  double flops = 0, separate_flops = 0;    ///< additions and multiplications
  int64_t tensors = 0;                     ///< changed weights to make
};

/// Additions and multiplications of one layer over texts of these lengths: products and causal
/// attention.
double layer_flops(const Architecture& architecture, const std::vector<int64_t>& lengths);
/// Those of the head; the last token of a text predicts nothing.
double head_flops(const Architecture& architecture, const std::vector<int64_t>& lengths);

/// Throws Error when the models differ in architecture.
SweepCost cost_of_sweep(const std::vector<Model>& models, const std::vector<TokenIds>& texts);

} // namespace residua
