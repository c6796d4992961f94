#pragma once
// What a decoder-only transformer is made of. Families fill it in; the transformer reads nothing
// else.

#include <cstdint>
#include <string>

namespace residua {

enum class Norm { layer, rms };
enum class Positions { learned, rotary };
enum class Activation { gelu_tanh, gelu, silu, relu };

/// Sizes and switches of one model. Shapes of params follow from it (see each family file).
struct Architecture {
  std::string family; ///< "gpt2", "llama"
  int64_t layers = 0;
  int64_t width = 0; ///< of the residual stream
  int64_t heads = 0;
  int64_t kv_heads = 0; ///< < heads: grouped-query attention
  int64_t head_width = 0;
  int64_t mlp_width = 0;
  int64_t vocab = 0;
  int64_t context = 0; ///< longest text [tokens]
  Norm norm = Norm::layer;
  double norm_eps = 1e-5;
  Positions positions = Positions::learned;
  double rope_theta = 10000;
  Activation activation = Activation::gelu_tanh;
  bool gated_mlp = false; ///< down(act(gate x) * up x) instead of down(act(up x))
  bool fused_qkv = false; ///< one param attn.qkv instead of attn.q, .k, .v
  bool tied_head = false; ///< head is embed.tokens

  int64_t query_width() const { return heads * head_width; }
  int64_t kv_width() const { return kv_heads * head_width; }
};

/// Throws Error naming `origin` when sizes are missing, absurd or contradict each other.
void check(const Architecture& architecture, const std::string& origin);

/// One line: "gpt2, 12 layers, width 128, 4 heads, vocabulary 4096".
std::string describe(const Architecture& architecture);

} // namespace residua
