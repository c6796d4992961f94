#pragma once
// The parts that layers are made of: linear map, norm, activation, attention.

#include "engine/model/pass.hpp"
#include "engine/model/taps.hpp"

namespace residua {

/// x [tokens, in] -> [tokens, out] by the param `name` [out, in] and its bias, if any.
at::Tensor linear(const Model& model, const std::string& name, const at::Tensor& x);
/// The model's kind of norm over the last dimension, with the param `name`.
at::Tensor normalize(const Model& model, const std::string& name, const at::Tensor& x);
at::Tensor activate(Activation activation, const at::Tensor& x);
/// c tanh(x / c) (Gemma 2); x itself when c is 0.
at::Tensor softcap(const at::Tensor& x, double c);
/// What the attention of `layer` makes of its input [tokens, width].
at::Tensor attend(const Model& model, int layer, const at::Tensor& x, const Pass& pass, Taps& taps);

} // namespace residua
