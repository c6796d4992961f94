#pragma once
// What the families after Llama share: names of tensors, fields of config.json.

#include "engine/model/family.hpp"

namespace residua {

inline constexpr StoredName kLlamaNames[] = {{"embed.tokens", "model.embed_tokens"},
                                             {"norm1", "input_layernorm"},
                                             {"attn.q", "self_attn.q_proj", Bias::rare},
                                             {"attn.k", "self_attn.k_proj", Bias::rare},
                                             {"attn.v", "self_attn.v_proj", Bias::rare},
                                             {"attn.q_norm", "self_attn.q_norm"},
                                             {"attn.k_norm", "self_attn.k_norm"},
                                             {"attn.out", "self_attn.o_proj", Bias::rare},
                                             {"norm2", "post_attention_layernorm"},
                                             {"mlp.gate", "mlp.gate_proj", Bias::rare},
                                             {"mlp.up", "mlp.up_proj", Bias::rare},
                                             {"mlp.down", "mlp.down_proj", Bias::rare},
                                             {"final.norm", "model.norm"},
                                             {"head", "lm_head"}};

/// What a family takes for granted when config.json is silent; 0: it follows from the sizes.
struct LlamaDefaults {
  int64_t kv_heads = 0;
  int64_t head_width = 0;
  bool tied_head = false;
};

/// Rotary positions, RMSNorm before each half, grouped-query attention, gated MLP; sizes, norms
/// and rotation as Llama's config.json names them.
Architecture describe_like_llama(const Config& config, const std::string& family,
                                 const LlamaDefaults& defaults = {});

/// Sliding windows of `window` tokens, in the layers that `layer_types` names or, in older files,
/// in those for which `slides` holds.
void read_windows(Architecture& a, const Config& config, int64_t window, bool (*slides)(int64_t));

} // namespace residua
