#include "engine/kernel/precision.hpp"

#include "engine/kernel/onednn.hpp"

namespace residua::kernel {

static thread_local Precision current = Precision::float32;

Precision precision() {
  return current;
}

PrecisionScope::PrecisionScope(Precision precision) : before_(current) {
  current = precision;
}

PrecisionScope::~PrecisionScope() {
  current = before_;
}

void multiply_weights(const Gemm& gemm) {
  if (current == Precision::float32)
    return multiply(gemm);
  onednn::multiply_bfloat16(gemm);
}

} // namespace residua::kernel
