#include "engine/model/family.hpp"

#include "engine/error.hpp"
#include "engine/quote.hpp"

#include <map>

namespace residua {

static const Family* const kFamilies[] = {&kGpt2, &kLlama};

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
      {"gelu_new", Activation::gelu_tanh},
      {"gelu_pytorch_tanh", Activation::gelu_tanh},
      {"gelu_fast", Activation::gelu_tanh},
      {"gelu", Activation::gelu},
      {"silu", Activation::silu},
      {"swish", Activation::silu},
      {"relu", Activation::relu}};
  const auto found = kNames.find(name);
  if (found == kNames.end())
    throw Error(cat(origin, ": activation ", quote(name), " is not supported"),
                "supported are gelu_new, gelu, silu, relu");
  return found->second;
}

void add_with_bias(std::vector<ParamSource>& params, const std::string& name,
                   const std::string& stored, std::vector<int64_t> shape, bool transposed) {
  const int64_t out = shape[0];
  params.push_back({name, stored + ".weight", std::move(shape), transposed, false});
  params.push_back({name + ".bias", stored + ".bias", {out}, false, true});
}

} // namespace residua
