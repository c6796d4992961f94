#pragma once
// Sites: named points of the forward pass where activations can be observed, replaced or
// differentiated.

#include "engine/model/architecture.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace residua {

/// Shapes for a text of n tokens; see `kSites` in site.cpp for what each one holds.
enum class Point {
  embed,        ///< [n, width] the stream before L0: positions and embedding norm included
  resid_pre,    ///< [n, width] the stream that enters the layer
  attn_in,      ///< [n, width] what q, k and v read: after the first norm, if that comes before
  attn_pattern, ///< [heads, n, n] softmax weights, query by key
  attn_mixed,   ///< [n, query width] what the out projection reads: the heads side by side
  attn_out,     ///< [n, width] what attention adds to the stream
  resid_mid,    ///< [n, width] the stream between attention and MLP
  mlp_in,       ///< [n, width] what up and gate read: after the second norm, likewise
  mlp_hidden,   ///< [n, mlp width] what the down projection reads
  mlp_out,      ///< [n, width] what the MLP adds to the stream
  resid_post,   ///< [n, width] the stream that leaves the layer
  final,        ///< [n, embedding width] what the head reads: after the final norm
  logits        ///< [n, vocab]
};

struct Site {
  Point point;
  int layer = -1; ///< -1 for embed, final and logits
  auto operator<=>(const Site&) const = default;
  std::string name() const; ///< "L3.attn.in"
};

/// Columns of a site's activations; of the pattern, which has one per key, the heads.
int64_t width_of(const Site& site, const Architecture& architecture);

/// The layer that computes a site: -1 the embedding, `layers` the final norm and head.
int layer_of(const Site& site, const Architecture& architecture);

/// All sites of a model, in the order of the forward pass. Where attention and MLP run in parallel
/// there is no resid.mid.
std::vector<Site> all_sites(const Architecture& architecture);

/// Sites whose names match the glob, or the one that a TransformerLens name
/// ("blocks.3.hook_resid_post") means. Throws Error naming the valid points when there is none.
std::vector<Site> find_sites(const std::string& selector, const Architecture& architecture);

} // namespace residua
