#pragma once
// Reads the tensors that a loader made, where they begin and end.

#include "tests/fuzz/fuzz.hpp"

#include <ATen/core/Tensor.h>
#include <map>
#include <string>

namespace residua::fuzz {

/// The bytes of the element that lies farthest in memory, and of the first: both must be readable.
inline void touch(const at::Tensor& tensor) {
  if (tensor.numel() == 0)
    return;
  int64_t last = 0;
  for (int64_t d = 0; d < tensor.dim(); ++d) {
    require(tensor.size(d) > 0 && tensor.stride(d) >= 0);
    last += (tensor.size(d) - 1) * tensor.stride(d);
  }
  const auto size = static_cast<int64_t>(tensor.element_size());
  const auto* first = static_cast<const volatile char*>(tensor.data_ptr());
  require(reinterpret_cast<uintptr_t>(first) % size == 0);
  for (int64_t i = 0; i < size; ++i) {
    static_cast<void>(first[i]);
    static_cast<void>(first[last * size + i]);
  }
}

inline void touch(const std::map<std::string, at::Tensor>& tensors) {
  for (const auto& [name, tensor] : tensors)
    touch(tensor);
}

} // namespace residua::fuzz
