#pragma once
// The tensors of a model folder, whatever files hold them.

#include <ATen/core/Tensor.h>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace residua {

/// The files that hold the weights of a folder: the first there is of model.safetensors, its
/// sharded index, pytorch_model.bin, its sharded index (the order of transformers). Reads no
/// weights. None is an Error that names what else lies there.
std::vector<std::filesystem::path> weight_files(const std::filesystem::path& folder);

/// All tensors of these files under their stored names, as views into mapped files.
std::map<std::string, at::Tensor> read_tensors(const std::vector<std::filesystem::path>& files);

} // namespace residua
