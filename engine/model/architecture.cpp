#include "engine/model/architecture.hpp"

#include "engine/error.hpp"

#include <sstream>
#include <utility>

namespace residua {

// Larger than any published model, small enough that no product of two overflows 64 bits.
static constexpr int64_t kMost = int64_t{1} << 24;

static void check_size(const char* what, int64_t value, const std::string& origin) {
  if (value < 1 || value > kMost)
    throw Error(cat(origin, ": ", what, " is ", value), "it must lie in 1 to 16777216");
}

void check(const Architecture& a, const std::string& origin) {
  const std::pair<const char*, int64_t> sizes[] = {
      {"the number of layers", a.layers}, {"the width", a.width},
      {"the number of heads", a.heads},   {"the number of key/value heads", a.kv_heads},
      {"the head width", a.head_width},   {"the MLP width", a.mlp_width},
      {"the vocabulary size", a.vocab},   {"the context length", a.context}};
  for (const auto& [what, value] : sizes)
    check_size(what, value, origin);
  if (a.layers > 10000)
    throw Error(cat(origin, ": ", a.layers, " layers"), "is this the right config.json?");
  if (a.heads % a.kv_heads != 0)
    throw Error(
        cat(origin, ": ", a.heads, " heads do not divide over ", a.kv_heads, " key/value heads"));
  if (a.embed_width != 0)
    check_size("the width of the embedding", a.embed_width, origin);
  for (const int64_t window : a.windows)
    if (window != 0)
      check_size("the sliding window", window, origin);
  if (a.positions == Positions::sinusoidal && a.width < 4)
    throw Error(cat(origin, ": sinusoidal positions need a width of 4 or more, got ", a.width));
}

std::string describe(const Architecture& a) {
  return cat(a.family, ", ", a.layers, " layers, width ", a.width, ", ", a.heads,
             " heads, vocabulary ", a.vocab);
}

template <typename Value> static std::string joined(const std::vector<Value>& values) {
  std::ostringstream text;
  text.precision(17);
  for (const Value& value : values)
    text << value << ',';
  return text.str();
}

std::string fingerprint(const Architecture& a) {
  const auto code = [](auto value) { return static_cast<double>(value); };
  const std::vector<double> values = {
      code(a.layers),         code(a.width),      code(a.heads),      code(a.kv_heads),
      code(a.head_width),     code(a.mlp_width),  code(a.vocab),      code(a.context),
      code(a.embed_width),    a.embed_scale,      code(a.embed_norm), code(a.positions),
      code(a.first_position), a.rope.amplitude,   code(a.norm),       a.norm_eps,
      code(a.norm_place),     code(a.final_norm), code(a.parallel),   code(a.qkv),
      code(a.qk_norm),        a.attn_scale,       a.attn_softcap,     code(a.activation),
      code(a.gated_mlp),      code(a.tied_head),  a.logit_softcap};
  return cat(a.family, ":", joined(values), ":", joined(a.rope.frequencies), ":",
             joined(a.windows));
}

} // namespace residua
