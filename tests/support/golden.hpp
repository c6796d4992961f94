#pragma once
// Reference numbers under tests/golden/, made by the generators beside them.

#include "engine/model/model.hpp"
#include "engine/model/packed.hpp"
#include "engine/model/safetensors.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace residua::golden {

/// A path under tests/golden.
std::filesystem::path path(const std::string& name);

/// Path of shared development data (RESIDUA_DATA, or ../shared/data beside the repository); nothing
/// when absent. Prints a visible notice then.
std::optional<std::filesystem::path> shared_data(const std::string& name);

/// One golden checkpoint: the model and its reference tensors.
struct Checkpoint {
  Model model;
  std::map<std::string, at::Tensor> reference;
  TokenIds ids(int text) const;
};
Checkpoint load(const std::string& name);

/// All golden checkpoints.
inline const char* const kCheckpoints[] = {
    "gpt2-tied",       "gpt2-sharded",   "gpt2-f16",     "llama-gqa",  "llama-bf16",
    "llama3-rope",     "llama-linear",   "llama-yarn",   "opt-pre",    "opt-350m",
    "bloom-4h",        "bloom-6h",       "xglm-tied",    "xglm-plain", "neox-parallel",
    "neox-sequential", "mistral-window", "mistral-full", "qwen2-tied", "qwen2-window",
    "qwen3-gqa",       "qwen3-plain",    "gemma2-a",     "gemma2-b"};

/// Largest absolute difference; infinity when shapes differ.
double max_difference(const at::Tensor& a, const at::Tensor& b);
/// The same relative to the largest absolute reference value, or to 1e-3 where that is less: the
/// gradient of a key's bias is 0, and rounding noise of 1e-9 in both.
double relative_difference(const at::Tensor& a, const at::Tensor& reference);

} // namespace residua::golden
