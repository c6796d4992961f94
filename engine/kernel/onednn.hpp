#pragma once
// All that is asked of oneDNN, which onednn_library.cpp does in a library of its own.

#include "engine/kernel/gemm.hpp"

namespace residua::kernel::onednn {

/// False where it failed; throws Error where oneDNN cannot be loaded. Inside of an OpenMP region it
/// takes one thread.
bool multiply(const Gemm& gemm);

/// The same with alpha 1 and beta 0, of factors rounded to bfloat16 and sums in float32. Throws
/// Error where the processor has no bfloat16.
void multiply_bfloat16(const Gemm& gemm);

} // namespace residua::kernel::onednn
