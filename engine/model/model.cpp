#include "engine/model/model.hpp"

#include "engine/device.hpp"
#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/model/site_edit.hpp"
#include "engine/model/tensor_cache.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <cmath>

namespace residua {

std::string ParamEdit::describe() const {
  std::string text = replacement_digest;
  for (const Quantizer& quantizer : quantizers)
    text += "|" + quantizer.describe();
  return text;
}

Model::Model(std::shared_ptr<const Weights> weights) : weights_(std::move(weights)) {
  make_keys();
}

const Tokenizer& Model::tokenizer() const {
  if (weights_->tokenizer() == nullptr)
    throw Error(cat("model ", weights_->name(), " has no tokenizer"),
                "put its tokenizer.json into the model's folder");
  return *weights_->tokenizer();
}

Model Model::with(const Plan& plan) const {
  Model changed = *this;
  for (const auto& [name, quantizer] : plan.resolve(*weights_))
    changed.edits_[name].quantizers.push_back(quantizer);
  changed.make_keys();
  return changed;
}

Model Model::with_param(const std::string& name, const at::Tensor& value) const {
  const at::Tensor old = weights_->at(name).oriented();
  if (value.sizes() != old.sizes())
    throw Error(
        cat("param '", name, "' has shape ", old.sizes(), ", the new value ", value.sizes()));
  Model changed = *this;
  changed.edits_[name] = {value.to(at::kFloat), tensor_digest(value.to(at::kFloat)), {}};
  changed.make_keys();
  return changed;
}

// Both ends are finite only if all between are; NaN is passed on. In one pass, and a matrix that is
// stored transposed is read as it lies: a copy would take longer than all else that a start does.
static bool is_finite(const at::Tensor& tensor) {
  if (tensor.numel() == 0)
    return true;
  const bool by_columns = tensor.dim() == 2 && tensor.stride(0) == 1;
  const auto [least, most] = at::aminmax(by_columns ? tensor.t() : tensor);
  return std::isfinite(least.item<double>()) && std::isfinite(most.item<double>());
}

Model Model::ablated(const Site& site, const Ablation& ablation) const {
  if (ablation.value.defined() && !is_finite(ablation.value))
    throw Error("ablation: the value holds NaN or infinite values",
                "find out where they come from");
  Model changed = *this;
  changed.ablations_[site] = ablation;
  if (ablation.value.defined())
    changed.ablations_[site].digest = tensor_digest(ablation.value);
  changed.make_keys();
  return changed;
}

Model Model::with_activation(const Site& site, const ActivationQuantizer& quantizer) const {
  require_quantizable(site, quantizer, architecture());
  Model changed = *this;
  changed.activations_.insert_or_assign(site, quantizer);
  changed.make_keys();
  return changed;
}

Model Model::with_leaves(std::map<std::string, at::Tensor> leaves) const {
  Model changed = *this;
  changed.leaves_ = std::move(leaves);
  return changed;
}

// On the device, in float32. Of a mapped file no page stays in memory: not after a conversion, and
// where the file's own bytes are used, not longer than the result.
static at::Tensor prepared(const at::Tensor& oriented) {
  const auto release = [oriented](void* = nullptr) {
    release_pages(oriented.data_ptr(), oriented.nbytes());
  };
  const at::Tensor value = oriented.to(device::current(), at::kFloat);
  if (value.data_ptr() == oriented.data_ptr())
    return at::from_blob(value.data_ptr(), value.sizes(), value.strides(), release,
                         value.options());
  release();
  return value;
}

static void require_finite(const at::Tensor& tensor, const std::string& name,
                           const std::string& model, bool replaced) {
  if (!is_finite(tensor))
    throw Error(cat("model ", model, ": param '", name, "' holds NaN or infinite values"),
                replaced ? "find out where the values that replaced it come from"
                         : "the checkpoint is damaged or diverged in training");
}

std::string Model::param_key(const std::string& name) const {
  const auto edit = edits_.find(name);
  const std::string change = edit == edits_.end() ? "" : edit->second.describe();
  return cat(weights_->id(), '/', name, '/', device::current(), '/', change);
}

void Model::add_changed_params(std::set<std::string>& names) const {
  for (const auto& [name, edit] : edits_)
    names.insert(param_key(name));
}

at::Tensor Model::param(const std::string& name) const {
  if (const auto leaf = leaves_.find(name); leaf != leaves_.end())
    return leaf->second;
  const Param& base = weights_->at(name);
  const auto edit = edits_.find(name);
  return weight_cache().get(param_key(name), [&] {
    const at::NoGradGuard no_grad;
    const bool replaced = edit != edits_.end() && edit->second.replacement.defined();
    at::Tensor value = prepared(replaced ? edit->second.replacement : base.oriented());
    require_finite(value, name, weights_->name(), replaced);
    if (edit != edits_.end())
      for (const Quantizer& quantizer : edit->second.quantizers)
        value = quantizer.apply(value);
    return value;
  });
}

// The head reads embed.tokens when it is tied, so an edit of it changes both ends.
static bool in_head(const std::string& name, const Architecture& a) {
  return name.starts_with("final.") || name.starts_with("head") ||
         (a.tied_head && name == "embed.tokens");
}

void Model::make_keys() {
  const int layers = static_cast<int>(architecture().layers);
  std::vector<Digest> digests(layers + 2);
  for (Digest& digest : digests)
    digest.add(weights_->id());
  for (const auto& [name, edit] : edits_) {
    const Param& param = weights_->at(name);
    if (param.layer() >= 0)
      digests[param.layer() + 1].add(name).add(edit.describe());
    if (name.starts_with("embed."))
      digests.front().add(name).add(edit.describe());
    if (in_head(name, architecture()))
      digests.back().add(name).add(edit.describe());
  }
  const auto part_of = [&](const Site& site) -> Digest& {
    const bool at_end = site.point == Point::final || site.point == Point::logits;
    return digests[at_end ? layers + 1 : site.layer + 1];
  };
  for (const auto& [site, ablation] : ablations_)
    part_of(site).add(site.name()).add(ablation.digest);
  for (const auto& [site, quantizer] : activations_)
    part_of(site).add(site.name()).add(quantizer.describe());
  keys_.clear();
  for (const Digest& digest : digests)
    keys_.push_back(digest.hex());
}

const std::string& Model::layer_key(int layer) const {
  return keys_.at(layer + 1);
}

std::string Model::digest() const {
  Digest digest;
  digest.add(weights_->digest());
  for (const auto& [name, edit] : edits_)
    digest.add(name).add(edit.describe());
  for (const auto& [site, ablation] : ablations_)
    digest.add(site.name()).add(ablation.digest);
  for (const auto& [site, quantizer] : activations_)
    digest.add(site.name()).add(quantizer.describe());
  return digest.hex();
}

std::string Model::describe() const {
  std::string text = cat("Model ", weights_->name(), ": ", residua::describe(architecture()));
  const auto add = [&text](std::size_t count, const char* what, const char* done) {
    if (count > 0)
      text += cat(", ", count, " ", what, count == 1 ? " " : "s ", done);
  };
  add(edits_.size(), "param", "edited");
  add(ablations_.size(), "site", "ablated");
  add(activations_.size(), "site", "quantized");
  return text;
}

} // namespace residua
