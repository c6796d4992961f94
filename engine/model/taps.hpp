#pragma once
// How others look at activations while the forward pass runs.

#include "engine/model/model.hpp"

namespace residua {

/// Sees activations at sites, and may return another tensor in their place.
class Taps {
 public:
  virtual ~Taps() = default;
  virtual bool wants(const Site&) const { return false; }
  virtual at::Tensor at(const Site&, const at::Tensor& value) { return value; }
};

/// The activation that goes on from a site. Edits belong to the model, so they come before
/// anything that only looks.
inline at::Tensor tap(const Model& model, const Site& site, const at::Tensor& value, Taps& taps) {
  const at::Tensor kept = model.edit(site, value);
  return taps.wants(site) ? taps.at(site, kept) : kept;
}

} // namespace residua
