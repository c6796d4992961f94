#pragma once
// The parts that layers are made of: linear map, norm, activation, attention.

#include "engine/model/pass.hpp"
#include "engine/model/taps.hpp"

namespace residua {

/// x [tokens, in] -> activation of [tokens, out] by the param `name` [out, in] and its bias, if
/// any.
at::Tensor linear(const Model& model, const std::string& name, const at::Tensor& x,
                  Activation activation = Activation::none);
/// The bias of the param `name`, undefined where it has none.
at::Tensor bias_of(const Model& model, const std::string& name);
/// The model's kind of norm over the last dimension, with the param `name`.
at::Tensor normalize(const Model& model, const std::string& name, const at::Tensor& x);
/// c tanh(x / c) (Gemma 2); x itself when c is 0.
at::Tensor softcap(const at::Tensor& x, double c);
/// What the attention of `layer` makes of its input [tokens, width].
at::Tensor attend(const Model& model, int layer, const at::Tensor& x, const Pass& pass, Taps& taps);

} // namespace residua
