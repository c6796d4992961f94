// GPT-2: learned positions, LayerNorm before each half, stacked q/k/v, tanh GELU. Conv1D weights
// are stored [in, out].

#include "engine/model/family.hpp"

namespace residua {

static Architecture describe_gpt2(const Config& config) {
  config.require_absent_or("scale_attn_weights", true);
  config.require_absent_or("scale_attn_by_inverse_layer_idx", false);
  config.require_absent_or("add_cross_attention", false);
  Architecture a;
  a.family = "gpt2";
  a.layers = config.integer("n_layer");
  a.width = config.integer("n_embd");
  a.heads = a.kv_heads = config.integer("n_head");
  a.head_width = head_width_of(config, a.width, a.heads);
  a.mlp_width = config.integer("n_inner", 4 * a.width);
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("n_positions");
  a.norm_eps = config.number("layer_norm_epsilon", 1e-5);
  a.activation = parse_activation(config.text("activation_function", "gelu_new"), config.origin());
  a.qkv = Qkv::stacked;
  a.tied_head = config.boolean("tie_word_embeddings", true);
  return a;
}

static constexpr StoredName kNames[] = {{"embed.tokens", "wte"},
                                        {"embed.positions", "wpe"},
                                        {"norm1", "ln_1", Bias::required},
                                        {"attn.qkv", "attn.c_attn", Bias::required},
                                        {"attn.out", "attn.c_proj", Bias::required},
                                        {"norm2", "ln_2", Bias::required},
                                        {"mlp.up", "mlp.c_fc", Bias::required},
                                        {"mlp.down", "mlp.c_proj", Bias::required},
                                        {"final.norm", "ln_f", Bias::required},
                                        {"head", "lm_head"}};

const Family kGpt2 = {"gpt2", {"", "transformer."}, "h.", kNames, describe_gpt2, true};

} // namespace residua
