#pragma once
// Models for the tests of sweeps: as small as can be, and all ways to protect their layers.

#include "engine/error.hpp"
#include "tests/support/golden.hpp"

#include <cstdint>
#include <vector>

namespace residua {

/// A random model of the shape of gpt2, `layers` deep and as small as can be.
inline Model small_model(int64_t layers, int64_t context = 32) {
  Architecture a = golden::load("gpt2-tied").model.architecture();
  a.layers = layers;
  a.context = context;
  a.width = a.mlp_width = 8;
  a.heads = a.kv_heads = 2;
  a.head_width = 4;
  return Model(random_weights(a, 1, nullptr));
}

/// `base` quantized everywhere but in `layers`.
inline Model protecting(const Model& base, const std::vector<int64_t>& layers) {
  std::vector<Rule> rules = {{"L*", integer_quantizer(4, true)}};
  for (const int64_t layer : layers)
    rules.push_back({cat("L", layer, ".*"), {}});
  return base.with(Plan(rules));
}

/// Every set of `count` layers protected.
inline std::vector<Model> protecting_each(const Model& base, int count) {
  const int64_t layers = base.architecture().layers;
  std::vector<Model> models;
  for (int64_t mask = 0; mask < int64_t{1} << layers; ++mask) {
    std::vector<int64_t> chosen;
    for (int64_t layer = 0; layer < layers; ++layer)
      if (mask >> layer & 1)
        chosen.push_back(layer);
    if (static_cast<int>(chosen.size()) == count)
      models.push_back(protecting(base, chosen));
  }
  return models;
}

} // namespace residua
