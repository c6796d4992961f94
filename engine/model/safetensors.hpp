#pragma once
// The safetensors format: an 8-byte header length, a JSON header, raw little-endian tensors.

#include "engine/file.hpp"

#include <ATen/core/Tensor.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace residua {

/// One mapped file. Tensors are views into the mapping (no copy) and hold it alive; never write to
/// them.
class Safetensors {
 public:
  /// Checks the whole header: lengths, types, shapes, offsets inside the file and not overlapping.
  static Safetensors open(const std::filesystem::path& path);

  const std::map<std::string, at::Tensor>& tensors() const { return tensors_; }

 private:
  std::map<std::string, at::Tensor> tensors_;
};

/// Writes float32, float16, bfloat16 or int64 tensors in the order given, atomically.
void save_safetensors(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, at::Tensor>>& tensors);

} // namespace residua
