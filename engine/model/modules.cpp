#include "engine/model/modules.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/kernel/product.hpp"

#include <ATen/ATen.h>

namespace residua {

at::Tensor bias_of(const Model& model, const std::string& name) {
  const std::string bias = name + ".bias";
  return model.has(bias) ? model.param(bias) : at::Tensor();
}

static at::Tensor activate(Activation activation, const at::Tensor& x) {
  switch (activation) {
    case Activation::gelu_tanh:
      return at::gelu(x, "tanh");
    case Activation::gelu:
      return at::gelu(x);
    case Activation::silu:
      return at::silu(x);
    case Activation::relu:
      return at::relu(x);
    case Activation::none:
      return x;
  }
  throw Error("unknown activation");
}

at::Tensor linear(const Model& model, const std::string& name, const at::Tensor& x,
                  Activation activation) {
  interrupt::poll();
  const at::Tensor weight = model.param(name), bias = bias_of(model, name);
  if (kernel::usable(x))
    return kernel::linear(x, weight, bias, activation);
  return activate(activation, at::linear(x, weight, bias));
}

at::Tensor normalize(const Model& model, const std::string& name, const at::Tensor& x) {
  const Architecture& a = model.architecture();
  const at::Tensor weight = model.param(name);
  if (a.norm == Norm::layer)
    return at::layer_norm(x, {x.size(-1)}, weight, bias_of(model, name), a.norm_eps);
  const at::Tensor unit = x * at::rsqrt(x.square().mean(-1, true) + a.norm_eps);
  return unit * (a.norm == Norm::rms_plus_one ? weight + 1 : weight);
}

at::Tensor softcap(const at::Tensor& x, double c) {
  return c == 0 ? x : at::tanh(x / c) * c;
}

} // namespace residua
