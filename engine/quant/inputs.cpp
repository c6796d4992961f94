#include "engine/quant/inputs.hpp"

#include "engine/error.hpp"

#include <ATen/ATen.h>

namespace residua {

double output_error(const at::Tensor& weight, const at::Tensor& changed, const Inputs& inputs) {
  check(inputs, weight.size(-1));
  const at::Tensor d = changed.to(at::kCPU, at::kDouble) - weight.to(at::kCPU, at::kDouble);
  return (at::matmul(d, inputs.gram) * d).sum().item<double>() / inputs.tokens;
}

void check(const Inputs& inputs, int64_t columns) {
  if (!inputs.gram.defined() || inputs.gram.size(0) != columns)
    throw Error(cat("inputs of width ", inputs.gram.defined() ? inputs.gram.size(0) : 0,
                    " for a weight of ", columns, " columns"),
                "capture the site that the weight reads");
  if (!(inputs.tokens > 0))
    throw Error("the calibration texts have no tokens", "give texts whose weight is above 0");
}

} // namespace residua
