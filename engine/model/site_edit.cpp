#include "engine/model/site_edit.hpp"

#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/quant/scaling.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residua {

std::string tensor_digest(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.cpu().contiguous();
  Digest digest;
  for (const int64_t size : dense.sizes())
    digest.add(size);
  return digest.bytes(dense.data_ptr(), dense.nbytes()).hex();
}

std::string ActivationQuantizer::describe() const {
  std::string text = quantizer.describe();
  if (smoothing.defined())
    text += ", smoothed by " + tensor_digest(smoothing.to(at::kFloat));
  return rotation ? text + cat(", rotated with seed ", *rotation) : text;
}

void require_quantizable(const Site& site, const ActivationQuantizer& q, const Architecture& a) {
  if (site.point == Point::attn_pattern || site.point == Point::logits)
    throw Error(cat("site '", site.name(), "' cannot be quantized"),
                "choose one of width x tokens");
  check(q.quantizer);
  const Granularity per = q.quantizer.per;
  const bool is_static = q.quantizer.clip.rule == ClipRule::fixed;
  if (per != Granularity::token && per != Granularity::group &&
      !(per == Granularity::tensor && is_static))
    throw Error(cat("activations quantized ", q.quantizer.describe(), " depend on their batch"),
                "use per = \"token\" or \"group\", or per = \"tensor\" with clip = \"fixed\"");
  if (!q.quantizer.kept_rows.empty() || q.quantizer.scale_format == ScaleFormat::e4m3)
    throw Error(cat("activations quantized ", q.quantizer.describe(), " depend on their batch"),
                "keep columns instead of rows, and use scales that need no tensor scale");
  if (q.quantizer.rounding == Rounding::stochastic || q.quantizer.bias_correction)
    throw Error("activations are rounded half to even, without bias correction",
                "leave rounding and bias_correction out");
  if (q.smoothing.defined() && (q.smoothing.dim() != 1 || q.smoothing.size(0) != width_of(site, a)))
    throw Error(cat("smoothing of shape ", q.smoothing.sizes(), " at site '", site.name(), "'"),
                cat("give ", width_of(site, a), " numbers"));
}

at::Tensor ablate(const Site& site, const Ablation& ablation, const at::Tensor& value) {
  const at::Tensor& constant = ablation.value;
  if (!constant.defined())
    return at::zeros_like(value);
  if (constant.dim() > 1 || (constant.dim() == 1 && constant.size(0) != value.size(-1)))
    throw Error(cat("the value for site '", site.name(), "' has shape ", constant.sizes(),
                    ", the activation ", value.sizes()),
                "give one value per column");
  return constant.to(value.device(), value.scalar_type()).expand_as(value);
}

static at::Tensor on_grid(const ActivationQuantizer& q, at::Tensor x) {
  const at::Tensor smoothing =
      q.smoothing.defined() ? q.smoothing.to(x.device(), x.scalar_type()) : at::Tensor();
  if (smoothing.defined())
    x = x / smoothing;
  x = q.rotation ? quantize_rotated(x, q.quantizer, *q.rotation) : q.quantizer.apply(x);
  return smoothing.defined() ? x * smoothing : x;
}

at::Tensor quantize_activation(const ActivationQuantizer& q, const at::Tensor& value) {
  if (!value.requires_grad() || !at::GradMode::is_enabled()) {
    const at::NoGradGuard no_grad;
    return on_grid(q, value);
  }
  return value + (on_grid(q, value.detach()) - value.detach()); // straight through
}

at::Tensor Model::edit(const Site& site, const at::Tensor& value) const {
  if (const auto found = ablations_.find(site); found != ablations_.end())
    return ablate(site, found->second, value);
  const auto found = activations_.find(site);
  return found == activations_.end() ? value : quantize_activation(found->second, value);
}

} // namespace residua
