// Which params an architecture has, and their shapes.

#include "engine/error.hpp"
#include "engine/model/family.hpp"

namespace residua {

using Shape = std::vector<int64_t>;

// Looks names up in the family's table and collects the params.
class ParamList {
 public:
  ParamList(const Family& family, const Architecture& a) : family_(family), a_(a) {}

  // `prefix`: "L3." in a layer.
  void add(const std::string& prefix, const std::string& part, Shape shape) {
    const StoredName& names = find(part);
    const bool in_layer = !prefix.empty(), matrix = shape.size() == 2;
    const std::string stored =
        in_layer ? cat(family_.layers, prefix.substr(1), names.stored) : names.stored;
    const int64_t out = shape[0];
    params.push_back({prefix + part, stored + ".weight", std::move(shape),
                      in_layer && matrix && family_.transposed, false});
    if (names.bias != Bias::none)
      params.push_back({prefix + part + ".bias",
                        stored + ".bias",
                        {out},
                        false,
                        names.bias != Bias::required,
                        names.bias != Bias::rare});
  }

  void add_norm(const std::string& prefix, const std::string& part) {
    add(prefix, part, {a_.width});
  }

  std::vector<ParamSource> params;

 private:
  const StoredName& find(const std::string& part) const {
    for (const StoredName& names : family_.names)
      if (part == names.name)
        return names;
    throw Error(cat("family ", family_.name, " has no name for ", part));
  }

  const Family& family_;
  const Architecture& a_;
};

static void add_embedding(ParamList& list, const Architecture& a) {
  list.add("", "embed.tokens", {a.vocab, a.embedding_width()});
  if (a.embedding_width() != a.width)
    list.add("", "embed.project", {a.width, a.embed_width});
  if (a.positions == Positions::learned)
    list.add("", "embed.positions", {a.context + a.first_position, a.width});
  if (a.embed_norm)
    list.add_norm("", "embed.norm");
}

static void add_attention(ParamList& list, const Architecture& a, const std::string& layer) {
  if (a.qkv != Qkv::separate) {
    list.add(layer, "attn.qkv", {a.query_width() + 2 * a.kv_width(), a.width});
  } else {
    list.add(layer, "attn.q", {a.query_width(), a.width});
    list.add(layer, "attn.k", {a.kv_width(), a.width});
    list.add(layer, "attn.v", {a.kv_width(), a.width});
  }
  if (a.qk_norm) {
    list.add(layer, "attn.q_norm", {a.head_width});
    list.add(layer, "attn.k_norm", {a.head_width});
  }
  list.add(layer, "attn.out", {a.width, a.query_width()});
}

static void add_mlp(ParamList& list, const Architecture& a, const std::string& layer) {
  if (a.gated_mlp)
    list.add(layer, "mlp.gate", {a.mlp_width, a.width});
  list.add(layer, "mlp.up", {a.mlp_width, a.width});
  list.add(layer, "mlp.down", {a.width, a.mlp_width});
}

std::vector<ParamSource> Family::params(const Architecture& a) const {
  ParamList list(*this, a);
  const bool around = a.norm_place == NormPlace::around;
  add_embedding(list, a);
  for (int64_t i = 0; i < a.layers; ++i) {
    const std::string layer = cat("L", i, ".");
    list.add_norm(layer, "norm1");
    add_attention(list, a, layer);
    if (around)
      list.add_norm(layer, "attn.norm");
    list.add_norm(layer, "norm2");
    add_mlp(list, a, layer);
    if (around)
      list.add_norm(layer, "mlp.norm");
  }
  if (a.final_norm)
    list.add_norm("", "final.norm");
  if (a.embedding_width() != a.width)
    list.add("", "final.project", {a.embed_width, a.width});
  if (!a.tied_head)
    list.add("", "head", {a.vocab, a.embedding_width()});
  return std::move(list.params);
}

} // namespace residua
