#pragma once
// GPTQ (Frantar, Ashkboos, Hoefler, Alistarh 2022, arXiv 2210.17323): columns are rounded one after
// the other, and those that follow make up for the error at the output.

#include "engine/quant/inputs.hpp"
#include "engine/quant/quantizer.hpp"

namespace residua {

struct GptqOptions {
  double damp = 0.01;     ///< of the mean diagonal of the Hessian, added to it
  int64_t block = 128;    ///< columns between updates of the whole rest
  bool act_order = false; ///< columns of the largest activations first
};

/// The weight [out, in] after GPTQ, float32. The quantizer's granularity may be tensor, channel or
/// group; groups take their scale from the columns as the last finished block left them, as the
/// authors' code does.
at::Tensor gptq(const at::Tensor& weight, const Inputs& inputs, const Quantizer& quantizer,
                const GptqOptions& options = {});

} // namespace residua
