#pragma once
// What a decoder-only transformer is made of. Families fill it in; the transformer reads nothing
// else.

#include "engine/kernel/activation.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace residua {

enum class Norm { layer, rms, rms_plus_one }; ///< the last multiplies by 1 + weight (Gemma)
/// Where the norms of a layer stand: before each half (usual), after the sum of stream and half
/// (OPT 350m), or before and after each half (Gemma 2).
enum class NormPlace { before, after, around };
enum class Positions { learned, sinusoidal, rotary, alibi };
/// One param each for q, k and v; or one `attn.qkv` whose rows are q, k, v in turn (stacked), or
/// q, k, v of head 0, then of head 1, ... (interleaved).
enum class Qkv { separate, stacked, interleaved };

/// Rotary positions (Su et al. 2021). The first 2 * frequencies.size() components of each head
/// turn, pairs (i, i + half) by position * frequencies[i].
struct Rope {
  std::vector<double> frequencies; ///< [radians per position], scaling included
  double amplitude = 1;            ///< of cos and sin (YaRN)
  bool operator==(const Rope&) const = default;
};

/// Sizes and switches of one model. Shapes of params follow from it (params.cpp).
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

  int64_t embed_width = 0; ///< of the embedding; 0: the stream's. Else two projections (OPT 350m)
  double embed_scale = 1;
  bool embed_norm = false; ///< a norm after the embedding (BLOOM)
  Positions positions = Positions::learned;
  int64_t first_position = 0; ///< row of the first token in the table of positions
  Rope rope;

  Norm norm = Norm::layer;
  double norm_eps = 1e-5;
  NormPlace norm_place = NormPlace::before;
  bool final_norm = true;
  bool parallel = false; ///< attention and MLP both read the layer's input (GPT-NeoX)

  Qkv qkv = Qkv::separate;
  bool qk_norm = false;         ///< RMSNorm of each head's q and k before the rotation (Qwen 3)
  double attn_scale = 0;        ///< of q k; 0: 1 / sqrt(head width)
  double attn_softcap = 0;      ///< c tanh(score / c); 0: none
  std::vector<int64_t> windows; ///< per layer: a token sees itself and window - 1 before; 0: all

  Activation activation = Activation::gelu_tanh;
  bool gated_mlp = false; ///< down(act(gate x) * up x) instead of down(act(up x))
  bool tied_head = false; ///< head is embed.tokens
  double logit_softcap = 0;

  int64_t query_width() const { return heads * head_width; }
  int64_t kv_width() const { return kv_heads * head_width; }
  int64_t embedding_width() const { return embed_width > 0 ? embed_width : width; }
  int64_t window(int layer) const { return windows.empty() ? 0 : windows[layer]; }
  bool operator==(const Architecture&) const = default;
};

/// Throws Error naming `origin` when sizes are missing, absurd or contradict each other.
void check(const Architecture& architecture, const std::string& origin);

/// One line: "gpt2, 12 layers, width 128, 4 heads, vocabulary 4096".
std::string describe(const Architecture& architecture);

/// All of it as text, equal only for equal architectures; for digests.
std::string fingerprint(const Architecture& architecture);

} // namespace residua
