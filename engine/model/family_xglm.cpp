// XGLM: sinusoidal positions from row 2, scaled embedding, LayerNorm before each half.

#include "engine/model/family.hpp"

#include <cmath>

namespace residua {

static Architecture describe_xglm(const Config& config) {
  config.require_absent_or("add_cross_attention", false);
  Architecture a;
  a.family = "xglm";
  a.layers = config.integer("num_layers");
  a.width = config.integer("d_model");
  a.heads = a.kv_heads = config.integer("attention_heads");
  a.head_width = head_width_of(config, a.width, a.heads);
  a.mlp_width = config.integer("ffn_dim");
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("max_position_embeddings");
  if (config.boolean("scale_embedding", true))
    a.embed_scale = std::sqrt(static_cast<double>(a.width));
  a.positions = Positions::sinusoidal;
  a.first_position = 2;
  a.activation = parse_activation(config.text("activation_function", "gelu"), config.origin());
  a.tied_head = config.boolean("tie_word_embeddings", true);
  return a;
}

static constexpr StoredName kNames[] = {{"embed.tokens", "model.embed_tokens"},
                                        {"norm1", "self_attn_layer_norm", Bias::required},
                                        {"attn.q", "self_attn.q_proj", Bias::required},
                                        {"attn.k", "self_attn.k_proj", Bias::required},
                                        {"attn.v", "self_attn.v_proj", Bias::required},
                                        {"attn.out", "self_attn.out_proj", Bias::required},
                                        {"norm2", "final_layer_norm", Bias::required},
                                        {"mlp.up", "fc1", Bias::required},
                                        {"mlp.down", "fc2", Bias::required},
                                        {"final.norm", "model.layer_norm", Bias::required},
                                        {"head", "lm_head"}};

const Family kXglm = {"xglm", {""}, "model.layers.", kNames, describe_xglm};

} // namespace residua
