#pragma once
// Derivatives of the mean token loss with respect to params and activations.

#include "engine/model/transformer.hpp"

#include <map>

namespace residua {

struct Gradients {
  double loss = 0;                          ///< mean NLL per predicted token over all texts [nats]
  std::map<std::string, at::Tensor> params; ///< d loss / d param, [out, in]
  std::map<Site, std::vector<at::Tensor>> sites; ///< d loss / d activation, one tensor per text
};

/// The gradient of the mean loss over all predicted tokens of `texts`. A tied head adds to
/// embed.tokens.
Gradients gradients(const Model& model, const std::vector<TokenIds>& texts,
                    const std::vector<std::string>& params, const std::vector<Site>& sites);

/// Sum of token losses of one batch, with the graph that leads to it. `taps` may watch activations.
at::Tensor differentiable_nll(const Model& model, const Packed& packed, Taps& taps);

} // namespace residua
