// BLOOM: ALiBi instead of positions, a norm after the embedding, q/k/v interleaved by head.

#include "engine/model/family.hpp"

namespace residua {

// Published files say n_embed and num_attention_heads, or hidden_size and n_head.
static int64_t either(const Config& config, const char* first, const char* second) {
  return config.integer(config.has(first) ? first : second);
}

static Architecture describe_bloom(const Config& config) {
  config.require_absent_or("apply_residual_connection_post_layernorm", false);
  if (config.integer("pretraining_tp", 1) > 1)
    config.require_absent_or("slow_but_exact", false); // would drop biases
  Architecture a;
  a.family = "bloom";
  a.layers = either(config, "n_layer", "num_hidden_layers");
  a.width = either(config, "n_embed", "hidden_size");
  a.heads = a.kv_heads = either(config, "n_head", "num_attention_heads");
  a.head_width = head_width_of(config, a.width, a.heads);
  a.mlp_width = 4 * a.width;
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("seq_length", 2048); // ALiBi itself sets no limit
  a.embed_norm = true;
  a.positions = Positions::alibi;
  a.norm_eps = config.number("layer_norm_epsilon", 1e-5);
  a.qkv = Qkv::interleaved;
  a.tied_head = config.boolean("tie_word_embeddings", true);
  return a;
}

static constexpr StoredName kNames[] = {
    {"embed.tokens", "word_embeddings"},
    {"embed.norm", "word_embeddings_layernorm", Bias::required},
    {"norm1", "input_layernorm", Bias::required},
    {"attn.qkv", "self_attention.query_key_value", Bias::required},
    {"attn.out", "self_attention.dense", Bias::required},
    {"norm2", "post_attention_layernorm", Bias::required},
    {"mlp.up", "mlp.dense_h_to_4h", Bias::required},
    {"mlp.down", "mlp.dense_4h_to_h", Bias::required},
    {"final.norm", "ln_f", Bias::required},
    {"head", "lm_head"}};

const Family kBloom = {"bloom", {"transformer.", ""}, "h.", kNames, describe_bloom};

} // namespace residua
