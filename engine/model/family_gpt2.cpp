// GPT-2: learned positions, LayerNorm before each half, fused q/k/v, tanh GELU. Conv1D weights are
// stored [in, out].

#include "engine/error.hpp"
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
  if (a.heads < 1 || a.width % a.heads != 0)
    throw Error(
        cat(config.origin(), ": n_embd ", a.width, " does not divide over n_head ", a.heads));
  a.head_width = a.width / a.heads;
  a.mlp_width = config.integer("n_inner", 4 * a.width);
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("n_positions");
  a.norm_eps = config.number("layer_norm_epsilon", 1e-5);
  a.activation = parse_activation(config.text("activation_function", "gelu_new"), config.origin());
  a.fused_qkv = true;
  a.tied_head = config.boolean("tie_word_embeddings", true);
  return a;
}

static std::vector<ParamSource> params_gpt2(const Architecture& a) {
  std::vector<ParamSource> params = {{"embed.tokens", "wte.weight", {a.vocab, a.width}},
                                     {"embed.positions", "wpe.weight", {a.context, a.width}}};
  for (int64_t i = 0; i < a.layers; ++i) {
    const std::string layer = cat("L", i), stored = cat("h.", i);
    add_with_bias(params, layer + ".norm1", stored + ".ln_1", {a.width});
    add_with_bias(params, layer + ".attn.qkv", stored + ".attn.c_attn", {3 * a.width, a.width},
                  true);
    add_with_bias(params, layer + ".attn.out", stored + ".attn.c_proj", {a.width, a.width}, true);
    add_with_bias(params, layer + ".norm2", stored + ".ln_2", {a.width});
    add_with_bias(params, layer + ".mlp.up", stored + ".mlp.c_fc", {a.mlp_width, a.width}, true);
    add_with_bias(params, layer + ".mlp.down", stored + ".mlp.c_proj", {a.width, a.mlp_width},
                  true);
  }
  add_with_bias(params, "final.norm", "ln_f", {a.width});
  if (!a.tied_head)
    params.push_back({"head", "lm_head.weight", {a.vocab, a.width}});
  return params;
}

const Family kGpt2 = {"gpt2", {"", "transformer."}, describe_gpt2, params_gpt2};

} // namespace residua
