#include "engine/train/trainer.hpp"

#include "engine/error.hpp"
#include "engine/train/gradients.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <cmath>

namespace residua {

Trainer::Trainer(const Model& model, const AdamW& options)
    : start_(model), live_(model), options_(options) {
  std::map<std::string, at::Tensor> leaves;
  for (const Param& param : model.weights().params()) {
    const at::Tensor leaf = model.param(param.name).contiguous().clone().requires_grad_();
    slots_[param.name] = {leaf, at::zeros_like(leaf), at::zeros_like(leaf), leaf.dim() > 1};
    leaves[param.name] = leaf;
  }
  live_ = model.with_leaves(std::move(leaves));
}

double Trainer::step(const std::vector<TokenIds>& texts, double learning_rate) {
  std::vector<int64_t> all;
  for (std::size_t i = 0; i < texts.size(); ++i)
    all.push_back(static_cast<int64_t>(i));
  const Packed packed = pack(texts, all, live_.architecture().context);
  if (packed.tokens == packed.rows())
    throw Error("a training step needs texts of two tokens or more", "remove empty texts");
  Taps none;
  double value = 0;
  {
    const at::AutoGradMode record(true);
    const at::Tensor loss = differentiable_nll(live_, packed, none) /
                            static_cast<double>(packed.tokens - packed.rows());
    value = loss.item<double>();
    if (!std::isfinite(value))
      throw Error(cat("the loss is ", value, " at step ", steps_ + 1), "lower the learning rate");
    loss.backward();
  }
  ++steps_;
  const at::NoGradGuard no_grad;
  const double factor = clip_factor();
  for (auto& [name, slot] : slots_)
    update(slot, learning_rate, factor);
  return value;
}

double Trainer::clip_factor() const {
  if (options_.clip_norm <= 0)
    return 1;
  double square = 0;
  for (const auto& [name, slot] : slots_)
    if (slot.param.grad().defined())
      square += slot.param.grad().square().sum().item<double>();
  return std::min(1.0, options_.clip_norm / (std::sqrt(square) + 1e-6));
}

void Trainer::update(Slot& slot, double learning_rate, double factor) const {
  if (!slot.param.grad().defined())
    return;
  const at::Tensor gradient = slot.param.grad().mul_(factor);
  slot.mean.mul_(options_.beta1).add_(gradient, 1 - options_.beta1);
  slot.square.mul_(options_.beta2).addcmul_(gradient, gradient, 1 - options_.beta2);
  const double first = 1 - std::pow(options_.beta1, steps_),
               second = 1 - std::pow(options_.beta2, steps_);
  const at::Tensor divisor = slot.square.sqrt().div_(std::sqrt(second)).add_(options_.epsilon);
  if (slot.decayed)
    slot.param.mul_(1 - learning_rate * options_.weight_decay);
  slot.param.addcdiv_(slot.mean, divisor, -learning_rate / first);
  slot.param.mutable_grad() = at::Tensor();
}

Model Trainer::model() const {
  const Weights& old = start_.weights();
  std::vector<Param> params;
  for (const Param& param : old.params())
    params.push_back({param.name, slots_.at(param.name).param.detach().clone(), false});
  return Model(
      std::make_shared<Weights>("trained", old.architecture(), std::move(params), old.tokenizer()));
}

} // namespace residua
