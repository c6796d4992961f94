#pragma once
// A family maps a published checkpoint onto the architecture description: its config.json and its
// tensor names.

#include "engine/model/architecture.hpp"
#include "engine/model/config.hpp"

#include <span>
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
  bool made = true;           ///< models with random weights have it
};

/// Whether a module has a bias: never; in few checkpoints; in most, but not all; always.
enum class Bias { none, rare, usual, required };

/// A module of the checkpoint: what it is called here ("attn.q" in a layer, "final.norm" outside)
/// and there. It stores `stored`.weight and, if it has one, `stored`.bias.
struct StoredName {
  const char* name;
  const char* stored;
  Bias bias = Bias::none;
};

struct Family {
  const char* name;                  ///< config.json's model_type
  std::vector<std::string> prefixes; ///< of stored names, tried in order
  const char* layers;                ///< "h.": layer 3 is stored under "h.3."
  std::span<const StoredName> names; ///< of every part that some architecture of it has
  Architecture (*describe)(const Config& config);
  bool transposed = false; ///< matrices of layers are stored [in, out]

  /// The params of a model, in the order of the forward pass.
  std::vector<ParamSource> params(const Architecture& architecture) const;
};

/// The family of a config.json. An unknown one is an Error that lists those there are.
const Family& family_of(const Config& config);
/// The family by name, for models that are made and not loaded.
const Family& family_named(const std::string& name);

// One per file family_<name>.cpp; family.cpp lists them.
extern const Family kBloom, kGemma2, kGpt2, kGptNeox, kLlama, kMistral, kOpt, kQwen2, kQwen3, kXglm;

/// The activation function by its name in config.json.
Activation parse_activation(const std::string& name, const std::string& origin);

/// The width of a head when config.json does not give it: `width` over `heads`, without remainder.
int64_t head_width_of(const Config& config, int64_t width, int64_t heads);

} // namespace residua
