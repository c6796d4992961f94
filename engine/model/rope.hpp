#pragma once
// Rotary frequencies as config.json gives them.

#include "engine/model/architecture.hpp"
#include "engine/model/config.hpp"

namespace residua {

/// What a family takes for granted when config.json is silent.
struct RopeDefaults {
  double theta = 10000;
  double fraction = 1; ///< of the head that turns
};

/// Reads rope_parameters (transformers 5) or rope_theta and rope_scaling (before), with the types
/// default, linear, llama3 and yarn. Other types are an Error by name.
Rope read_rope(const Config& config, int64_t head_width, RopeDefaults defaults = {});

} // namespace residua
