#pragma once
// A probe for calibration: what weights read at a site, folded into Inputs while the model runs.

#include "engine/probe/capture.hpp"
#include "engine/quant/inputs.hpp"

namespace residua {

/// Inputs of each site, in forward order. Every token of text i counts `weight_of_text[i]` times.
std::vector<Inputs> capture_inputs(const Model& model, const std::vector<TokenIds>& texts,
                                   const std::vector<Site>& sites,
                                   const std::vector<double>& weight_of_text);

} // namespace residua
