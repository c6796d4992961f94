// GPT-NeoX and Pythia: a part of each head rotates, q/k/v interleaved by head, attention and MLP
// in parallel.

#include "engine/model/family.hpp"
#include "engine/model/rope.hpp"

namespace residua {

static Architecture describe_gpt_neox(const Config& config) {
  Architecture a;
  a.family = "gpt_neox";
  a.layers = config.integer("num_hidden_layers");
  a.width = config.integer("hidden_size");
  a.heads = a.kv_heads = config.integer("num_attention_heads");
  a.head_width = head_width_of(config, a.width, a.heads);
  a.mlp_width = config.integer("intermediate_size");
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("max_position_embeddings");
  a.norm_eps = config.number("layer_norm_eps", 1e-5);
  a.positions = Positions::rotary;
  a.rope = read_rope(config, a.head_width, {.fraction = 0.25});
  a.parallel = config.boolean("use_parallel_residual", true);
  a.qkv = Qkv::interleaved;
  a.activation = parse_activation(config.text("hidden_act", "gelu"), config.origin());
  a.tied_head = config.boolean("tie_word_embeddings", false);
  return a;
}

static constexpr StoredName kNames[] = {{"embed.tokens", "gpt_neox.embed_in"},
                                        {"norm1", "input_layernorm", Bias::required},
                                        {"attn.qkv", "attention.query_key_value", Bias::usual},
                                        {"attn.out", "attention.dense", Bias::usual},
                                        {"norm2", "post_attention_layernorm", Bias::required},
                                        {"mlp.up", "mlp.dense_h_to_4h", Bias::required},
                                        {"mlp.down", "mlp.dense_4h_to_h", Bias::required},
                                        {"final.norm", "gpt_neox.final_layer_norm", Bias::required},
                                        {"head", "embed_out"}};

const Family kGptNeox = {"gpt_neox", {""}, "gpt_neox.layers.", kNames, describe_gpt_neox};

} // namespace residua
