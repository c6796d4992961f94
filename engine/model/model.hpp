#pragma once
// A model is an immutable value: shared weights under an overlay of edits. Making a changed model
// copies no weights.

#include "engine/model/site.hpp"
#include "engine/model/weights.hpp"
#include "engine/quant/plan.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace residua {

/// What happened to one param: perhaps replaced, then quantized, in this order.
struct ParamEdit {
  at::Tensor replacement;         ///< undefined: the stored weight
  std::string replacement_digest; ///< of its bytes
  std::vector<Quantizer> quantizers;
  std::string describe() const; ///< equal edits describe equally
};

/// A site's activation is replaced by a constant: zero, or `value` [width] at every token.
struct Ablation {
  at::Tensor value; ///< undefined: zero
  std::string digest;
};

/// A site's activation is moved onto a grid (fake quantization), at every text. Gradients pass
/// straight through.
struct ActivationQuantizer {
  Quantizer quantizer;  ///< per token, per group, or per tensor with a fixed clip
  at::Tensor smoothing; ///< [width] x is divided by it before and multiplied after; undefined: 1
  std::optional<uint64_t> rotation; ///< seed of a rotation before, undone after
  std::string describe() const;     ///< equal ones describe equally
};

class Model {
 public:
  explicit Model(std::shared_ptr<const Weights> weights);

  const Weights& weights() const { return *weights_; }
  const Architecture& architecture() const { return weights_->architecture(); }
  /// Throws Error when the model's folder had no tokenizer.json.
  const Tokenizer& tokenizer() const;

  /// New models; this one stays as it is.
  Model with(const Plan& plan) const;
  Model with_param(const std::string& name, const at::Tensor& value) const;
  Model ablated(const Site& site, const Ablation& ablation) const;
  Model with_activation(const Site& site, const ActivationQuantizer& quantizer) const;

  /// For differentiation: these params are taken as they are, uncached; `train/` alone may change
  /// them.
  Model with_leaves(std::map<std::string, at::Tensor> leaves) const;

  bool has(const std::string& name) const { return weights_->find(name) != nullptr; }
  /// The effective param on the current device: float32, [out, in]. NaN or infinite weights are an
  /// Error.
  at::Tensor param(const std::string& name) const;
  bool edited(const std::string& name) const { return edits_.contains(name); }
  /// Adds what names each param that this model changes: equal names are equal weights.
  void add_changed_params(std::set<std::string>& names) const;
  /// Whether an edit stands at this site.
  bool edits(const Site& site) const {
    return ablations_.contains(site) || activations_.contains(site);
  }
  /// `value` as the edits of this site leave it: a constant, or quantized.
  at::Tensor edit(const Site& site, const at::Tensor& value) const;

  /// Of weights and edits: equal digests are equal functions.
  std::string digest() const;
  /// Equal keys mean that the two models compute the same in this layer (-1: embedding; `layers`:
  /// final norm and head). Comparable between models on the same weights and between those on
  /// different ones.
  const std::string& layer_key(int layer) const;
  std::string describe() const;

 private:
  void make_keys();
  std::string param_key(const std::string& name) const;

  std::shared_ptr<const Weights> weights_;
  std::map<std::string, ParamEdit> edits_;
  std::map<Site, Ablation> ablations_;
  std::map<Site, ActivationQuantizer> activations_;
  std::map<std::string, at::Tensor> leaves_;
  std::vector<std::string> keys_; // of layer -1, 0, ..., layers
};

} // namespace residua
