// Mistral: Llama with a sliding window in every layer, unless config.json says null.

#include "engine/model/family_llama.hpp"

namespace residua {

static Architecture describe_mistral(const Config& config) {
  Architecture a = describe_like_llama(config, "mistral", {.kv_heads = 8});
  const bool full = config.mentions("sliding_window") && !config.has("sliding_window");
  if (!full)
    read_windows(a, config, config.integer("sliding_window", 4096), [](int64_t) { return true; });
  return a;
}

const Family kMistral = {"mistral", {""}, "model.layers.", kLlamaNames, describe_mistral};

} // namespace residua
