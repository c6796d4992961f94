#pragma once
// Checkpoints in forms that are not read: each refusal names the form and what to use instead.

#include "engine/model/config.hpp"

#include <ATen/core/Tensor.h>
#include <filesystem>
#include <map>
#include <string>

namespace residua {

/// Throws if config.json says that the weights are quantized already, naming the method.
void refuse_quantized(const Config& config);

/// Throws if a tensor is part of a quantized weight: "h.0.attn.qweight", "mlp.up.weight_packed".
void refuse_quantized(const std::map<std::string, at::Tensor>& tensors, const std::string& folder);

/// Throws if the folder holds weights in a format that is not read: GGUF, Meta's
/// consolidated.*.pth, TensorFlow, Flax, ONNX, an adapter.
void refuse_foreign_files(const std::filesystem::path& folder);

/// Throws if a path that should be a model's folder is a file.
void refuse_file(const std::filesystem::path& path);

/// Throws if the file is what Git leaves in place of a large file that was not fetched.
void refuse_pointer(const std::filesystem::path& file);

} // namespace residua
