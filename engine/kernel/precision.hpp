#pragma once
// What the products of linear layers and of the head are computed in.

#include "engine/kernel/product.hpp"

namespace residua::kernel {

enum class Precision { float32, bfloat16 };

/// Of this thread's products; float32 unless a PrecisionScope lives.
Precision precision();

/// Both factors are rounded to bfloat16 (8 significant bits) and the sums stay float32: about twice
/// as fast where the processor has it, and good for screening only.
class PrecisionScope {
 public:
  explicit PrecisionScope(Precision precision);
  ~PrecisionScope();
  PrecisionScope(const PrecisionScope&) = delete;
  PrecisionScope& operator=(const PrecisionScope&) = delete;

 private:
  Precision before_;
};

/// As `multiply`, with alpha 1 and beta 0, in this thread's precision. Throws Error where the
/// processor has no bfloat16.
void multiply_weights(const Gemm& gemm);

} // namespace residua::kernel
