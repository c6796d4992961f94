#include "engine/train/gradients.hpp"

#include "engine/error.hpp"
#include "engine/probe/capture.hpp"
#include "engine/progress.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <set>

namespace residua {

at::Tensor differentiable_nll(const Model& model, const Packed& packed, Taps& taps) {
  const Pass pass(model.architecture(), packed);
  at::Tensor stream = embed(model, pass, taps);
  for (int layer = 0; layer < model.architecture().layers; ++layer)
    stream = run_layer(model, layer, stream, pass, taps);
  return token_nll(model, run_final(model, stream, taps), packed, taps).sum();
}

// Makes the wanted activations part of the graph and remembers them.
class GradientTaps : public Taps {
 public:
  explicit GradientTaps(const std::vector<Site>& sites) : wanted_(sites.begin(), sites.end()) {}
  bool wants(const Site& site) const override { return wanted_.contains(site); }
  at::Tensor at(const Site& site, const at::Tensor& value) override {
    at::Tensor watched = value.requires_grad() ? value : value.detach().requires_grad_();
    watched.retain_grad();
    seen[site] = watched;
    return watched;
  }
  std::map<Site, at::Tensor> seen;

 private:
  std::set<Site> wanted_;
};

static std::map<std::string, at::Tensor> make_leaves(const Model& model,
                                                     const std::vector<std::string>& names) {
  std::map<std::string, at::Tensor> leaves;
  for (const std::string& name : names)
    leaves[name] = model.param(name).detach().clone().requires_grad_();
  return leaves;
}

static int64_t count_predicted(const std::vector<TokenIds>& texts) {
  int64_t count = 0;
  for (const TokenIds& text : texts)
    count += std::max<int64_t>(0, static_cast<int64_t>(text.size()) - 1);
  if (count == 0)
    throw Error("no text has two tokens or more, so there is no loss", "remove empty texts");
  return count;
}

// Nothing flows to what an ablation cuts off.
static at::Tensor gradient_of(const at::Tensor& value) {
  return value.grad().defined() ? value.grad() : at::zeros_like(value);
}

// What a layer hands on is kept until the way back, so batches are smaller than those of a loss.
static int64_t tokens_of_gradients(const Architecture& a) {
  constexpr int64_t kElements = int64_t{13} << 18; // an MLP's activations, 13 MiB
  return std::clamp(kElements / a.mlp_width, int64_t{256}, int64_t{1024});
}

Gradients gradients(const Model& model, const std::vector<TokenIds>& texts,
                    const std::vector<std::string>& params, const std::vector<Site>& sites) {
  const at::AutoGradMode record(true);
  const auto leaves = make_leaves(model, params);
  const Model differentiable = model.with_leaves(leaves);
  const double predicted = static_cast<double>(count_predicted(texts));
  Gradients result;
  for (const Site& site : sites)
    result.sites[site].resize(texts.size());
  Progress progress("gradients", static_cast<int64_t>(texts.size()), "texts");
  for (const auto& batch : make_batches(texts, tokens_of_gradients(model.architecture()))) {
    const Packed packed = pack(texts, batch, model.architecture().context);
    GradientTaps taps(sites);
    const at::Tensor loss = differentiable_nll(differentiable, packed, taps) / predicted;
    if (loss.requires_grad())
      loss.backward();
    result.loss += loss.item<double>();
    for (const auto& [site, value] : taps.seen)
      for (int64_t row = 0; row < packed.rows(); ++row)
        result.sites[site][packed.texts[row]] =
            text_value(site, packed, gradient_of(value), row).clone();
    progress.advance(packed.rows());
  }
  for (const auto& [name, leaf] : leaves)
    result.params[name] = gradient_of(leaf);
  return result;
}

} // namespace residua
