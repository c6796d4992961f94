// Llama 1 to 3, and what the families after it share.

#include "engine/model/family_llama.hpp"

#include "engine/error.hpp"
#include "engine/model/rope.hpp"
#include "engine/quote.hpp"

namespace residua {

// Head width: as given, else the family's, else what divides the stream.
static int64_t head_width(const Config& config, const Architecture& a, int64_t otherwise) {
  if (config.has("head_dim"))
    return config.integer("head_dim");
  return otherwise > 0 ? otherwise : head_width_of(config, a.width, a.heads);
}

Architecture describe_like_llama(const Config& config, const std::string& family,
                                 const LlamaDefaults& defaults) {
  Architecture a;
  a.family = family;
  a.layers = config.integer("num_hidden_layers");
  a.width = config.integer("hidden_size");
  a.heads = config.integer("num_attention_heads");
  a.kv_heads =
      config.integer("num_key_value_heads", defaults.kv_heads > 0 ? defaults.kv_heads : a.heads);
  a.head_width = head_width(config, a, defaults.head_width);
  a.mlp_width = config.integer("intermediate_size");
  a.vocab = config.integer("vocab_size");
  a.context = config.integer("max_position_embeddings");
  a.norm = Norm::rms;
  a.norm_eps = config.number("rms_norm_eps", 1e-6);
  a.positions = Positions::rotary;
  a.rope = read_rope(config, a.head_width);
  a.activation = parse_activation(config.text("hidden_act", "silu"), config.origin());
  a.gated_mlp = true;
  a.tied_head = config.boolean("tie_word_embeddings", defaults.tied_head);
  return a;
}

static std::vector<std::string> layer_types(const Architecture& a, const Config& config) {
  if (!config.has("layer_types"))
    return {};
  std::vector<std::string> types = config.texts("layer_types");
  if (static_cast<int64_t>(types.size()) != a.layers)
    throw Error(cat(config.origin(), ": layer_types names ", types.size(), " layers, there are ",
                    a.layers));
  for (const std::string& type : types)
    if (type != "full_attention" && type != "sliding_attention")
      throw Error(cat(config.origin(), ": layer type ", quote(type), " is not supported"),
                  "supported are full_attention, sliding_attention");
  return types;
}

void read_windows(Architecture& a, const Config& config, int64_t window, bool (*slides)(int64_t)) {
  const std::vector<std::string> types = layer_types(a, config);
  for (int64_t layer = 0; layer < a.layers && layer < 10000; ++layer) {
    const bool sliding = types.empty() ? slides(layer) : types[layer] == "sliding_attention";
    a.windows.push_back(sliding ? window : 0);
  }
}

static Architecture describe_llama(const Config& config) {
  return describe_like_llama(config, "llama");
}

const Family kLlama = {"llama", {""}, "model.layers.", kLlamaNames, describe_llama};

} // namespace residua
