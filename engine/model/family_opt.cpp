// OPT: learned positions from row 2, separate q/k/v, ReLU. The 350m variant has its norms after
// each half, none at the end, and an embedding narrower than the stream.

#include "engine/model/family.hpp"

namespace residua {

static Architecture describe_opt(const Config& config) {
  config.require_absent_or("layer_norm_elementwise_affine", true);
  Architecture a;
  a.family = "opt";
  a.layers = config.integer("num_hidden_layers");
  a.width = config.integer("hidden_size");
  a.heads = a.kv_heads = config.integer("num_attention_heads");
  a.head_width = head_width_of(config, a.width, a.heads);
  a.mlp_width = config.integer("ffn_dim");
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("max_position_embeddings");
  a.embed_width = config.integer("word_embed_proj_dim", a.width);
  a.first_position = 2;
  const bool before = config.boolean("do_layer_norm_before", true);
  a.norm_place = before ? NormPlace::before : NormPlace::after;
  a.final_norm = before && !config.boolean("_remove_final_layer_norm", false);
  a.activation = parse_activation(config.text("activation_function", "relu"), config.origin());
  a.tied_head = config.boolean("tie_word_embeddings", true);
  return a;
}

static constexpr StoredName kNames[] = {{"embed.tokens", "decoder.embed_tokens"},
                                        {"embed.project", "decoder.project_in"},
                                        {"embed.positions", "decoder.embed_positions"},
                                        {"norm1", "self_attn_layer_norm", Bias::required},
                                        {"attn.q", "self_attn.q_proj", Bias::usual},
                                        {"attn.k", "self_attn.k_proj", Bias::usual},
                                        {"attn.v", "self_attn.v_proj", Bias::usual},
                                        {"attn.out", "self_attn.out_proj", Bias::usual},
                                        {"norm2", "final_layer_norm", Bias::required},
                                        {"mlp.up", "fc1", Bias::usual},
                                        {"mlp.down", "fc2", Bias::usual},
                                        {"final.norm", "decoder.final_layer_norm", Bias::required},
                                        {"final.project", "decoder.project_out"},
                                        {"head", "lm_head"}};

const Family kOpt = {"opt", {"model.", ""}, "decoder.layers.", kNames, describe_opt};

} // namespace residua
