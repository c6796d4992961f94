#include "engine/model/site.hpp"

#include "engine/error.hpp"
#include "engine/glob.hpp"

namespace residua {

struct Names {
  Point point;
  const char* name;  // after "L3." in a layer
  const char* alias; // TransformerLens, after "blocks.3." in a layer
  bool in_layer;
};

static constexpr Names kSites[] = {
    {Point::embed, "embed", "", false},
    {Point::resid_pre, "resid.pre", "hook_resid_pre", true},
    {Point::attn_in, "attn.in", "ln1.hook_normalized", true},
    {Point::attn_pattern, "attn.pattern", "attn.hook_pattern", true},
    {Point::attn_mixed, "attn.mixed", "attn.hook_z", true},
    {Point::attn_out, "attn.out", "hook_attn_out", true},
    {Point::resid_mid, "resid.mid", "hook_resid_mid", true},
    {Point::mlp_in, "mlp.in", "ln2.hook_normalized", true},
    {Point::mlp_hidden, "mlp.hidden", "mlp.hook_post", true},
    {Point::mlp_out, "mlp.out", "hook_mlp_out", true},
    {Point::resid_post, "resid.post", "hook_resid_post", true},
    {Point::final, "final", "ln_final.hook_normalized", false},
    {Point::logits, "logits", "", false},
};

static std::string prefixed(const char* prefix, int layer, const char* name) {
  return layer < 0 ? name : cat(prefix, layer, ".", name);
}

static const Names& names_of(Point point) {
  return kSites[static_cast<int>(point)];
}

std::string Site::name() const {
  return prefixed("L", layer, names_of(point).name);
}

int64_t width_of(const Site& site, const Architecture& a) {
  switch (site.point) {
    case Point::attn_pattern:
      return a.heads;
    case Point::attn_mixed:
      return a.query_width();
    case Point::mlp_hidden:
      return a.mlp_width;
    case Point::final:
      return a.embedding_width();
    case Point::logits:
      return a.vocab;
    default:
      return a.width;
  }
}

int layer_of(const Site& site, const Architecture& a) {
  const bool at_end = site.point == Point::final || site.point == Point::logits;
  return at_end ? static_cast<int>(a.layers) : site.layer;
}

std::vector<Site> all_sites(const Architecture& a) {
  std::vector<Site> sites = {{Point::embed}};
  for (int layer = 0; layer < a.layers; ++layer)
    for (const Names& names : kSites)
      if (names.in_layer && !(a.parallel && names.point == Point::resid_mid))
        sites.push_back({names.point, layer});
  sites.push_back({Point::final});
  sites.push_back({Point::logits});
  return sites;
}

std::vector<Site> find_sites(const std::string& selector, const Architecture& a) {
  std::vector<Site> found;
  for (const Site& site : all_sites(a)) {
    const std::string alias = prefixed("blocks.", site.layer, names_of(site.point).alias);
    if (glob_match(selector, site.name()) || (!alias.empty() && selector == alias))
      found.push_back(site);
  }
  if (!found.empty())
    return found;
  std::string points;
  for (const Names& names : kSites)
    if (!(a.parallel && names.point == Point::resid_mid))
      points += cat(points.empty() ? "" : ", ", names.in_layer ? "L*." : "", names.name);
  throw Error(cat("no site is called '", selector, "'"),
              cat("sites are ", points, "; layers L0 to L", a.layers - 1));
}

} // namespace residua
