#pragma once
// Edits of activations, as `model.cpp` alone uses them.

#include "engine/model/model.hpp"

namespace residua {

std::string tensor_digest(const at::Tensor& tensor);

/// Throws Error where the site or the granularity would make the result depend on the batch.
void require_quantizable(const Site& site, const ActivationQuantizer& quantizer,
                         const Architecture& architecture);

at::Tensor ablate(const Site& site, const Ablation& ablation, const at::Tensor& value);
at::Tensor quantize_activation(const ActivationQuantizer& quantizer, const at::Tensor& value);

} // namespace residua
