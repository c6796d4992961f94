#pragma once
// Divergences of models from a base model, token by token, in one run that keeps no logits.

#include "engine/sweep/runner.hpp"

namespace residua {

/// What is kept of each predicted token.
enum DivergenceColumn : int64_t {
  kKld,        ///< KL divergence of the changed model's next token from the base's [nats]
  kNllBase,    ///< of the correct token under the base [nats]
  kNllChanged, ///< and under the changed model
  kSameTop,    ///< 1 where both find the same token most likely, else 0
  kDivergenceColumns
};

struct Divergences {
  std::vector<at::Tensor> values; ///< [model]: [tokens, 4] float64 on the CPU, text after text
  std::vector<int64_t> tokens;    ///< [text], predicted tokens: all but the first
};

/// Runs the base and all models over the same texts. Logits of a few tokens at a time are made,
/// those of the base once for all models. On a CPU without edits of the logits, sums over pieces of
/// the vocabulary are in float32, about a difference that all words share, and added up in float64;
/// else probabilities are in float64. A divergence of nearly equal models keeps its digits, and
/// none is negative. Throws Error for a text with fewer than two tokens.
Divergences diverge(const Model& base, const std::vector<Model>& models,
                    const std::vector<TokenIds>& texts);

} // namespace residua
