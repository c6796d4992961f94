#pragma once
// What depends on the batch and the architecture only: masks, rotation angles, ALiBi.

#include "engine/kernel/attention.hpp"
#include "engine/model/architecture.hpp"
#include "engine/model/packed.hpp"

#include <map>

namespace residua {

class Pass {
 public:
  Pass(const Architecture& architecture, const Packed& packed);
  const Packed& packed() const { return packed_; }
  /// Added to the scores of a layer: -inf where a token may not look, ALiBi; [longest, longest] or
  /// [heads, longest, longest].
  const at::Tensor& mask(int layer) const;
  /// The same for the attention that keeps no pattern.
  kernel::AttentionRule rule(int layer) const;
  /// Turns pairs (i, i + half) of the first components of each head of [tokens, heads, head width]
  /// by position.
  at::Tensor rotate(const at::Tensor& heads) const;
  /// The sinusoidal embedding of each token's position, [tokens, width] (XGLM: all sines, then all
  /// cosines).
  at::Tensor sinusoids() const;

 private:
  int64_t window(int layer) const; // 0 where it exceeds every text

  const Architecture architecture_;
  const Packed& packed_;
  mutable std::map<int64_t, at::Tensor> masks_; // by window, made when asked for
  at::Tensor cos_, sin_;                        // [tokens, 1, components that turn]
};

/// What the scores of attention are multiplied by.
double score_scale(const Architecture& architecture);

} // namespace residua
