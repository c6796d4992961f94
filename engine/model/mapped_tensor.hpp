#pragma once
// Tensors that lie in a mapped file.

#include "engine/file.hpp"

#include <ATen/core/Tensor.h>

namespace residua {

/// A view of the elements at byte `offset`, which holds the mapping alive: never write to it. Where
/// the offset is not aligned to the element, a copy. The caller has checked that every element lies
/// in the file; `strides` count elements and are not negative.
at::Tensor map_tensor(const std::shared_ptr<const MappedFile>& file, uint64_t offset,
                      const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides,
                      at::ScalarType type);

/// The strides of a contiguous tensor.
std::vector<int64_t> contiguous_strides(const std::vector<int64_t>& sizes);

} // namespace residua
