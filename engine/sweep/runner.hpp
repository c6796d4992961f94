#pragma once
// Runs a batch of requests: models that agree on the first k layers share the computation of these
// layers.

#include "engine/model/transformer.hpp"
#include "engine/sweep/trie.hpp"

namespace residua {

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
  /// Nothing more comes of the batches seen so far; the next ones have other texts.
  virtual void done() {}
  /// What the sink keeps of each token until then [bytes].
  virtual double kept_bytes(const Architecture&) const { return 0; }
};

/// What a run did.
struct RunReport {
  double stream_bytes = 0; ///< the most that residual streams took at once
  double layer_tokens = 0; ///< tokens through layers and heads, counted once per layer
  double trie_tokens = 0;  ///< the same as the trie of the models asks for
  void add(const RunReport& other);
};

/// Throws Error unless all models, at least one, have the same architecture.
void require_one_architecture(const std::vector<Model>& models);

/// Throws Error for a text that a model cannot read: empty, over its context, an unknown token.
void require_readable(const std::vector<TokenIds>& texts, const Architecture& architecture);

/// Walks all models over all texts. Layers run once per distinct prefix; layers behind the last
/// wanted site not at all. In every batch the activations of model 0 come before those of any model
/// that differs from it. Streams take at most `stream_bytes` (or one per layer of the shortest
/// batch): where the prefixes do not fit abreast, they go in parts. Weights that do not fit the
/// cache are made once per part and group of batches; the batches of a group then come in turn at
/// every layer. What else is in the batch moves a loss by less than 1e-6 of it, but for models with
/// quantized activations: there a rounding may flip. Throws Error when the models differ in
/// architecture or tokenizer, and for texts that they cannot read.
RunReport run(const std::vector<Model>& models, const std::vector<TokenIds>& texts, Sink& sink,
              double stream_bytes = 1e9);

} // namespace residua
