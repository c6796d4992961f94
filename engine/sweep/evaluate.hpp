#pragma once
// The loss of every model on every text, in one run; from a store where it has been computed
// before.

#include "engine/kernel/precision.hpp"
#include "engine/sweep/runner.hpp"

namespace residua {

class ResultStore;

struct Losses {
  std::vector<std::vector<double>> nll; ///< [model][text], summed over predicted tokens [nats]
  std::vector<int64_t> tokens;          ///< [text], predicted tokens: all but the first
  RunReport report;
  int64_t remembered = 0; ///< pairs of model and text that came from the store
};

struct EvaluateOptions {
  ResultStore* store = nullptr; ///< read before the run and written while it goes on
  double stream_bytes = 1e9;    ///< as `run` takes it
  kernel::Precision precision = kernel::Precision::float32; ///< of products on the CPU
};

/// Throws Error for a text with fewer than two tokens: it predicts nothing.
Losses evaluate(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                const EvaluateOptions& options = {});

/// The NLL of each predicted token of one text, by the same road.
std::vector<double> evaluate_tokens(const Model& model, const TokenIds& text);

} // namespace residua
