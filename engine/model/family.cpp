#include "engine/model/family.hpp"

#include "engine/error.hpp"
#include "engine/quote.hpp"

#include <map>

namespace residua {

static const Family* const kFamilies[] = {&kBloom,   &kGemma2, &kGpt2,  &kGptNeox, &kLlama,
                                          &kMistral, &kOpt,    &kQwen2, &kQwen3,   &kXglm};

static std::string supported() {
  std::string names;
  for (const Family* family : kFamilies)
    names += cat(names.empty() ? "" : ", ", family->name);
  return names;
}

const Family& family_named(const std::string& name) {
  for (const Family* family : kFamilies)
    if (name == family->name)
      return *family;
  throw Error(cat("model family ", quote(name), " is not supported"),
              cat("supported are ", supported()));
}

const Family& family_of(const Config& config) {
  const std::string type = config.text("model_type");
  try {
    return family_named(type);
  } catch (const Error& e) {
    throw Error(cat(config.origin(), ": ", e.what()));
  }
}

Activation parse_activation(const std::string& name, const std::string& origin) {
  static const std::map<std::string, Activation> kNames = {
      {"gelu_new", Activation::gelu_tanh},  {"gelu_pytorch_tanh", Activation::gelu_tanh},
      {"gelu_fast", Activation::gelu_tanh}, {"gelu_python", Activation::gelu},
      {"gelu", Activation::gelu},           {"silu", Activation::silu},
      {"swish", Activation::silu},          {"relu", Activation::relu}};
  const auto found = kNames.find(name);
  if (found == kNames.end())
    throw Error(cat(origin, ": activation ", quote(name), " is not supported"),
                "supported are gelu_new, gelu, silu, relu");
  return found->second;
}

int64_t head_width_of(const Config& config, int64_t width, int64_t heads) {
  if (width < 1 || width > 1 << 24)
    throw Error(cat(config.origin(), ": the width is ", width), "it must lie in 1 to 16777216");
  if (heads < 1 || width % heads != 0)
    throw Error(
        cat(config.origin(), ": the width ", width, " does not divide over ", heads, " heads"));
  return width / heads;
}

} // namespace residua
