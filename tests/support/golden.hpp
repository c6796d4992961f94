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
inline const char* const kCheckpoints[] = {"gpt2-tied", "gpt2-sharded", "gpt2-f16", "llama-gqa",
                                           "llama-bf16"};

/// Largest absolute difference; infinity when shapes differ.
double max_difference(const at::Tensor& a, const at::Tensor& b);
/// The same relative to the largest absolute reference value.
double relative_difference(const at::Tensor& a, const at::Tensor& reference);

} // namespace residua::golden
