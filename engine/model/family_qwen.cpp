// Qwen 2 and 2.5: Llama with q/k/v biases. Qwen 3: without them, but with a norm of each head's q
// and k. Both can slide in the layers from max_window_layers on.

#include "engine/model/family_llama.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace residua {

static void read_qwen_windows(Architecture& a, const Config& config) {
  const bool none = config.mentions("sliding_window") && !config.has("sliding_window");
  if (none || !config.boolean("use_sliding_window", false))
    return;
  read_windows(a, config, config.integer("sliding_window", 4096), [](int64_t) { return true; });
  if (!config.has("layer_types")) {
    const auto layers = static_cast<int64_t>(a.windows.size());
    const int64_t full = config.integer("max_window_layers", 28);
    std::fill_n(a.windows.begin(), std::clamp<int64_t>(full, 0, layers), 0);
  }
}

static Architecture describe_qwen2(const Config& config) {
  Architecture a = describe_like_llama(config, "qwen2", {.kv_heads = 32});
  read_qwen_windows(a, config);
  return a;
}

static Architecture describe_qwen3(const Config& config) {
  Architecture a = describe_like_llama(config, "qwen3", {.kv_heads = 32, .head_width = 128});
  read_qwen_windows(a, config);
  a.qk_norm = true;
  return a;
}

static constexpr auto kQwen2Names = [] {
  auto names = std::to_array(kLlamaNames);
  for (StoredName& it : names) {
    const std::string_view name = it.name;
    if (name == "attn.q" || name == "attn.k" || name == "attn.v")
      it.bias = Bias::required;
  }
  return names;
}();

const Family kQwen2 = {"qwen2", {""}, "model.layers.", kQwen2Names, describe_qwen2};
const Family kQwen3 = {"qwen3", {""}, "model.layers.", kLlamaNames, describe_qwen3};

} // namespace residua
