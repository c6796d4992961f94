#pragma once
// Causal attention over texts laid end to end: no padding, and no pattern is kept.

#include <ATen/core/Tensor.h>
#include <vector>

namespace residua::kernel {

struct AttentionRule {
  double scale = 1;          ///< of the scores
  double softcap = 0;        ///< c tanh(score / c); 0: none
  int64_t window = 0;        ///< tokens that a query sees, itself included; 0: all before it
  std::vector<float> slopes; ///< ALiBi's, one per head, or empty
};

/// What each token's heads mix: [tokens, heads * head width]. q is [tokens, heads, head width], k
/// and v [tokens, kv heads, head width], whose last dimension is dense; text i has the `lengths[i]`
/// tokens from `starts[i]` on.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     const std::vector<int64_t>& starts, const std::vector<int64_t>& lengths,
                     const AttentionRule& rule);

} // namespace residua::kernel
