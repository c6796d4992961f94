#pragma once
// A family maps a published checkpoint onto the architecture description: its config.json and its
// tensor names.

#include "engine/model/architecture.hpp"
#include "engine/model/config.hpp"

#include <string>
#include <vector>

namespace residua {

/// Where a param comes from: canonical name and shape, and the tensor that stores it.
struct ParamSource {
  std::string name;           ///< canonical, "L3.attn.qkv"
  std::string stored;         ///< in the checkpoint, without the family's prefix
  std::vector<int64_t> shape; ///< canonical: matrices are [out, in]
  bool transposed = false;    ///< the checkpoint stores [in, out]
  bool optional = false;      ///< may be absent (a bias)
};

struct Family {
  const char* name;                  ///< config.json's model_type
  std::vector<std::string> prefixes; ///< of stored names, tried in order
  Architecture (*describe)(const Config& config);
  std::vector<ParamSource> (*params)(const Architecture& architecture);
};

/// The family of a config.json. An unknown one is an Error that lists those there are.
const Family& family_of(const Config& config);
/// The family by name, for models that are made and not loaded.
const Family& family_named(const std::string& name);

// One per file family_<name>.cpp; family.cpp lists them.
extern const Family kGpt2;
extern const Family kLlama;

/// The activation function by its name in config.json.
Activation parse_activation(const std::string& name, const std::string& origin);

/// Appends `stored`.weight as `name` and `stored`.bias as `name`.bias.
void add_with_bias(std::vector<ParamSource>& params, const std::string& name,
                   const std::string& stored, std::vector<int64_t> shape, bool transposed = false);

} // namespace residua
