#include "engine/model/architecture.hpp"

#include "engine/error.hpp"

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
  if (a.positions == Positions::rotary && a.head_width % 2 != 0)
    throw Error(cat(origin, ": rotary positions need an even head width, got ", a.head_width));
}

std::string describe(const Architecture& a) {
  return cat(a.family, ", ", a.layers, " layers, width ", a.width, ", ", a.heads,
             " heads, vocabulary ", a.vocab);
}

} // namespace residua
