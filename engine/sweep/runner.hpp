#pragma once
// Runs a batch of requests: models that agree on the first k layers share the computation of these
// layers.

#include "engine/model/transformer.hpp"

#include <vector>

namespace residua {

using ModelIndexes = std::vector<std::size_t>;

/// Receives what a run computes. One activation may belong to several models at once (a shared
/// prefix).
class Sink {
 public:
  virtual ~Sink() = default;
  virtual bool wants_loss() const { return false; }
  virtual bool wants(const Site&) const { return false; }
  virtual void observe(const Site&, const Packed&, const at::Tensor&, const ModelIndexes&) {}
  /// `nll` as token_nll gives it.
  virtual void loss(const Packed&, const at::Tensor& /*nll*/, const ModelIndexes&) {}
  /// Nothing more comes of the batches seen so far.
  virtual void done() {}
};

/// Walks all models over all texts. Layers run once per distinct prefix; layers behind the last
/// wanted site not at all. In every batch the activations of model 0 come before those of any model
/// that differs from it. Weights that do not fit the cache are made once per group of batches, a
/// layer at a time. Throws Error when the models differ in architecture.
void run(const std::vector<Model>& models, const std::vector<TokenIds>& texts, Sink& sink);

/// Layers that `run` computes over those that one run per model would; 1 means that nothing is
/// shared.
double shared_cost(const std::vector<Model>& models);

} // namespace residua
