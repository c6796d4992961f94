// Gemma 2: scaled embedding, RMSNorm with 1 + weight before and after each half, softcapped scores
// and logits, a sliding window in every other layer.

#include "engine/error.hpp"
#include "engine/model/family_llama.hpp"

#include <cmath>

namespace residua {

// An absent field means the published value, null means none.
static double softcap(const Config& config, const char* field, double published) {
  return config.mentions(field) && !config.has(field) ? 0 : config.number(field, published);
}

static Architecture describe_gemma2(const Config& config) {
  config.require_absent_or("use_bidirectional_attention", false);
  Architecture a =
      describe_like_llama(config, "gemma2", {.kv_heads = 4, .head_width = 256, .tied_head = true});
  a.embed_scale = std::sqrt(static_cast<double>(a.width));
  a.norm = Norm::rms_plus_one;
  a.norm_place = NormPlace::around;
  const double scalar = config.number("query_pre_attn_scalar", 256);
  if (!(scalar > 0))
    throw Error(cat(config.origin(), ": query_pre_attn_scalar is ", scalar), "it must be above 0");
  a.attn_scale = 1 / std::sqrt(scalar);
  a.attn_softcap = softcap(config, "attn_logit_softcapping", 50);
  a.logit_softcap = softcap(config, "final_logit_softcapping", 30);
  const std::string activation = config.text("hidden_activation", "gelu_pytorch_tanh");
  a.activation = parse_activation(activation, config.origin());
  read_windows(a, config, config.integer("sliding_window", 4096),
               [](int64_t layer) { return layer % 2 == 0; });
  return a;
}

static constexpr StoredName kNames[] = {{"embed.tokens", "model.embed_tokens"},
                                        {"norm1", "input_layernorm"},
                                        {"attn.q", "self_attn.q_proj", Bias::rare},
                                        {"attn.k", "self_attn.k_proj", Bias::rare},
                                        {"attn.v", "self_attn.v_proj", Bias::rare},
                                        {"attn.out", "self_attn.o_proj", Bias::rare},
                                        {"attn.norm", "post_attention_layernorm"},
                                        {"norm2", "pre_feedforward_layernorm"},
                                        {"mlp.gate", "mlp.gate_proj"},
                                        {"mlp.up", "mlp.up_proj"},
                                        {"mlp.down", "mlp.down_proj"},
                                        {"mlp.norm", "post_feedforward_layernorm"},
                                        {"final.norm", "model.norm"},
                                        {"head", "lm_head"}};

const Family kGemma2 = {"gemma2", {""}, "model.layers.", kNames, describe_gemma2};

} // namespace residua
