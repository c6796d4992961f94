// Llama: rotary positions, RMSNorm before each half, grouped-query attention, gated SiLU.

#include "engine/error.hpp"
#include "engine/model/family.hpp"
#include "engine/quote.hpp"

namespace residua {

// transformers 5 keeps rope_theta inside rope_parameters; earlier versions at the top level.
static double rope_theta(const Config& config) {
  if (config.has("rope_scaling"))
    throw Error(cat(config.origin(), ": rope_scaling is not supported"),
                "use a checkpoint without it");
  if (!config.has("rope_parameters"))
    return config.number("rope_theta", 10000);
  const Config rope = config.object("rope_parameters");
  if (rope.text("rope_type", "default") != "default")
    throw Error(
        cat(config.origin(), ": rope_type ", quote(rope.text("rope_type")), " is not supported"),
        "use a checkpoint with rope_type default");
  return rope.number("rope_theta", 10000);
}

static Architecture describe_llama(const Config& config) {
  Architecture a;
  a.family = "llama";
  a.layers = config.integer("num_hidden_layers");
  a.width = config.integer("hidden_size");
  a.heads = config.integer("num_attention_heads");
  if (a.heads < 1)
    throw Error(cat(config.origin(), ": num_attention_heads is ", a.heads));
  a.kv_heads = config.integer("num_key_value_heads", a.heads);
  a.head_width = config.integer("head_dim", a.width / a.heads);
  a.mlp_width = config.integer("intermediate_size");
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("max_position_embeddings");
  a.norm = Norm::rms;
  a.norm_eps = config.number("rms_norm_eps", 1e-6);
  a.positions = Positions::rotary;
  a.rope_theta = rope_theta(config);
  a.activation = parse_activation(config.text("hidden_act", "silu"), config.origin());
  a.gated_mlp = true;
  a.tied_head = config.boolean("tie_word_embeddings", false);
  return a;
}

static std::vector<ParamSource> params_llama(const Architecture& a) {
  std::vector<ParamSource> params = {
      {"embed.tokens", "model.embed_tokens.weight", {a.vocab, a.width}}};
  for (int64_t i = 0; i < a.layers; ++i) {
    const std::string layer = cat("L", i), stored = cat("model.layers.", i);
    const std::string attn = stored + ".self_attn", mlp = stored + ".mlp";
    params.push_back({layer + ".norm1", stored + ".input_layernorm.weight", {a.width}});
    add_with_bias(params, layer + ".attn.q", attn + ".q_proj", {a.query_width(), a.width});
    add_with_bias(params, layer + ".attn.k", attn + ".k_proj", {a.kv_width(), a.width});
    add_with_bias(params, layer + ".attn.v", attn + ".v_proj", {a.kv_width(), a.width});
    add_with_bias(params, layer + ".attn.out", attn + ".o_proj", {a.width, a.query_width()});
    params.push_back({layer + ".norm2", stored + ".post_attention_layernorm.weight", {a.width}});
    add_with_bias(params, layer + ".mlp.gate", mlp + ".gate_proj", {a.mlp_width, a.width});
    add_with_bias(params, layer + ".mlp.up", mlp + ".up_proj", {a.mlp_width, a.width});
    add_with_bias(params, layer + ".mlp.down", mlp + ".down_proj", {a.width, a.mlp_width});
  }
  params.push_back({"final.norm", "model.norm.weight", {a.width}});
  if (!a.tied_head)
    params.push_back({"head", "lm_head.weight", {a.vocab, a.width}});
  return params;
}

const Family kLlama = {"llama", {""}, describe_llama, params_llama};

} // namespace residua
