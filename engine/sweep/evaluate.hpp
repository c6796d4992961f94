#pragma once
// The loss of every model on every text, in one run.

#include "engine/sweep/runner.hpp"

namespace residua {

struct Losses {
  std::vector<std::vector<double>> nll; ///< [model][text], summed over predicted tokens [nats]
  std::vector<int64_t> tokens;          ///< [text], predicted tokens: all but the first
};

/// Throws Error for a text with fewer than two tokens: it predicts nothing.
Losses evaluate(const std::vector<Model>& models, const std::vector<TokenIds>& texts);

/// The NLL of each predicted token of one text, by the same road.
std::vector<double> evaluate_tokens(const Model& model, const TokenIds& text);

/// `count` more tokens after `prompt`, each the most likely one; stops at `stop` (-1: never).
TokenIds continue_greedily(const Model& model, TokenIds prompt, int64_t count, int64_t stop);

} // namespace residua
