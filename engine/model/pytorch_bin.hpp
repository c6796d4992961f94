#pragma once
// `pytorch_model.bin`: a ZIP archive with a pickle that describes tensors and one record per
// storage.

#include <ATen/core/Tensor.h>
#include <filesystem>
#include <map>
#include <string>

namespace residua {

/// The tensors of a state_dict saved by torch.save (1.6 or later), as views into the mapped file.
/// The pickle is read as data and runs nothing. libtorch's own Unpickler does not serve: it drops
/// the OrderedDict that a state_dict is (1.13 to 2.13), and in 1.13 makes tensors that reach beyond
/// their storage.
std::map<std::string, at::Tensor> read_pytorch_bin(const std::filesystem::path& path);

} // namespace residua
