#include "engine/model/mapped_tensor.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <cstring>

namespace residua {

// Elements from the first to the last, those between included.
static int64_t span_of(const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides) {
  int64_t last = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0)
      return 0;
    last += (sizes[i] - 1) * strides[i];
  }
  return last + 1;
}

at::Tensor map_tensor(const std::shared_ptr<const MappedFile>& file, uint64_t offset,
                      const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides,
                      at::ScalarType type) {
  auto* data = const_cast<std::byte*>(file->data() + offset);
  const auto options = at::TensorOptions().dtype(type);
  if (reinterpret_cast<uintptr_t>(data) % at::elementSize(type) == 0)
    return at::from_blob(
        data, sizes, strides, [file](void*) {}, options);
  at::Tensor copy = at::empty({span_of(sizes, strides)}, options);
  if (copy.numel() > 0) // an empty tensor has no address
    std::memcpy(copy.data_ptr(), data, copy.nbytes());
  return copy.as_strided(sizes, strides);
}

std::vector<int64_t> contiguous_strides(const std::vector<int64_t>& sizes) {
  std::vector<int64_t> strides(sizes.size(), 1);
  for (std::size_t i = sizes.size(); i-- > 1;)
    strides[i - 1] = strides[i] * std::max<int64_t>(1, sizes[i]);
  return strides;
}

} // namespace residua
