#pragma once
// Memory of tensors on the CPU, kept for the next one of about its size: fresh pages cost a
// quarter of the time of a product.

#include <cstddef>

namespace residua::kernel {

/// From now on tensors of 256 KiB or more come from the pool, which keeps at most `bytes` unused,
/// and as many again in buffers larger than their tensors. Call it before the first tensor. Does
/// nothing under AddressSanitizer.
void pool_buffers(std::size_t bytes);

/// Unused bytes in the pool.
std::size_t pooled_bytes();

} // namespace residua::kernel
