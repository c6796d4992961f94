#pragma once
// Sites: named points of the forward pass where activations can be observed, replaced or
// differentiated.

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace residua {

/// Shapes for a text of n tokens; see `kSites` in site.cpp for what each one holds.
enum class Point {
  embed,        ///< [n, width] token plus position embedding: the stream before L0
  resid_pre,    ///< [n, width] the stream that enters the layer
  attn_in,      ///< [n, width] after the first norm
  attn_pattern, ///< [heads, n, n] softmax weights, query by key
  attn_out,     ///< [n, width] what attention adds to the stream
  resid_mid,    ///< [n, width] the stream between attention and MLP
  mlp_in,       ///< [n, width] after the second norm
  mlp_hidden,   ///< [n, mlp width] what the down projection reads
  mlp_out,      ///< [n, width] what the MLP adds to the stream
  resid_post,   ///< [n, width] the stream that leaves the layer
  final,        ///< [n, width] after the final norm
  logits        ///< [n, vocab]
};

struct Site {
  Point point;
  int layer = -1; ///< -1 for embed, final and logits
  auto operator<=>(const Site&) const = default;
  std::string name() const; ///< "L3.attn.in"
};

/// All sites of a model with `layers` layers, in the order of the forward pass.
std::vector<Site> all_sites(int64_t layers);

/// Sites whose names match the glob, or the one that a TransformerLens name
/// ("blocks.3.hook_resid_post") means. Throws Error naming the valid points when there is none.
std::vector<Site> find_sites(const std::string& selector, int64_t layers);

} // namespace residua
