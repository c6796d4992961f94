#include "engine/quant/hqq.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <limits>

namespace residua {

namespace {

void check(const HqqOptions& o, int64_t columns) {
  if (o.bits < 2 || o.bits > 8)
    throw Error(cat("HQQ: bits = ", o.bits), "use 2 to 8");
  if (o.group_size < 1 || columns % o.group_size != 0)
    throw Error(cat("HQQ: groups of ", o.group_size, " for ", columns, " columns"),
                "use a size that divides the columns");
  if (!(o.p > 0 && o.p <= 1 && o.beta > 0 && o.kappa >= 1 && o.steps >= 0))
    throw Error(
        cat("HQQ: p = ", o.p, ", beta = ", o.beta, ", kappa = ", o.kappa, ", steps = ", o.steps),
        "use 0 < p <= 1, beta > 0, kappa >= 1, steps >= 0");
}

/// The proximal step of the l_p norm: sign(x) max(|x| - |x|^(p-1) / beta, 0).
at::Tensor shrink(const at::Tensor& x, double beta, double p) {
  const at::Tensor magnitude = x.abs();
  return x.sign() * at::relu(magnitude - magnitude.pow(p - 1) / beta);
}

} // namespace

at::Tensor hqq(const at::Tensor& weight, const HqqOptions& o) {
  check(o, weight.size(-1));
  const at::NoGradGuard no_grad;
  const at::Tensor w = weight.to(at::kFloat).reshape({-1, o.group_size});
  const double most = (1 << o.bits) - 1;
  const at::Tensor low = w.amin(1, true);
  // Steps per unit; groups of equal values would have none, so it has the authors' limit.
  const at::Tensor inverse = (most / (w.amax(1, true) - low)).clamp_max(2e4);
  at::Tensor zero = -low * inverse;
  double least = std::numeric_limits<double>::infinity(), beta = o.beta;
  const auto codes_for = [&](const at::Tensor& zero_point) {
    return at::round(w * inverse + zero_point).clamp_(0, most);
  };
  for (int64_t step = 0; step < o.steps; ++step, beta *= o.kappa) {
    interrupt::poll();
    const at::Tensor codes = codes_for(zero);
    const at::Tensor error = w - (codes - zero) / inverse;
    const double mean_error = error.abs().mean().item<double>();
    zero = (codes - (w - shrink(error, beta, o.p)) * inverse).mean(1, true);
    if (mean_error >= least)
      break;
    least = mean_error;
  }
  return ((codes_for(zero) - zero) / inverse).reshape(weight.sizes());
}

} // namespace residua
