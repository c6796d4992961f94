// Reads and writes a model folder in the Hugging Face layout.

#include "engine/error.hpp"
#include "engine/model/family.hpp"
#include "engine/model/safetensors.hpp"
#include "engine/model/weights.hpp"
#include "engine/quote.hpp"

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>
#include <set>

namespace residua {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, at::Tensor>;

static std::set<std::string> shard_names(const fs::path& index) {
  const auto parsed = nlohmann::json::parse(read_file(index), nullptr, false);
  if (parsed.is_discarded() || !parsed.contains("weight_map") || !parsed["weight_map"].is_object())
    throw Error(cat(index.string(), ": no JSON object with a weight_map"),
                "download the file again");
  std::set<std::string> names;
  for (const auto& [tensor, file] : parsed["weight_map"].items()) {
    if (!file.is_string() || fs::path(file.get<std::string>()).has_parent_path())
      throw Error(
          cat(index.string(), ": tensor ", quote(tensor), " does not name a file of this folder"));
    names.insert(file.get<std::string>());
  }
  return names;
}

static Tensors read_tensors(const fs::path& folder) {
  const fs::path single = folder / "model.safetensors",
                 index = folder / "model.safetensors.index.json";
  if (fs::exists(single))
    return Safetensors::open(single).tensors();
  if (!fs::exists(index))
    throw Error(cat(folder.string(), ": no model.safetensors and no model.safetensors.index.json"),
                "save the model with safe_serialization");
  Tensors tensors;
  for (const std::string& name : shard_names(index))
    tensors.merge(Tensors(Safetensors::open(folder / name).tensors()));
  return tensors;
}

static const at::Tensor* find_stored(const Tensors& tensors, const Family& family,
                                     const std::string& name) {
  for (const std::string& prefix : family.prefixes)
    if (const auto found = tensors.find(prefix + name); found != tensors.end())
      return &found->second;
  return nullptr;
}

static Param make_param(const ParamSource& source, const at::Tensor& stored,
                        const std::string& folder) {
  if (!at::isFloatingType(stored.scalar_type()))
    throw Error(
        cat(folder, ": tensor '", source.stored, "' holds ", c10::toString(stored.scalar_type())),
        "already quantized checkpoints are not supported; use the original one");
  Param param{source.name, stored, source.transposed};
  if (stored.dim() != static_cast<int64_t>(source.shape.size()) ||
      param.oriented().sizes() != source.shape)
    throw Error(cat(folder, ": tensor '", source.stored, "' has shape ", stored.sizes(),
                    ", config.json asks for ", at::IntArrayRef(source.shape),
                    source.transposed ? " (transposed)" : ""),
                "do the two files belong together?");
  return param;
}

static std::shared_ptr<const Tokenizer> load_tokenizer(const fs::path& folder) {
  const fs::path file = folder / "tokenizer.json";
  return fs::exists(file) ? Tokenizer::load(file) : nullptr;
}

std::shared_ptr<const Weights> load_weights(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw Error(cat("no model in '", folder.string(), "': no such folder"),
                "name a bundled model (mini) or a folder with config.json and model.safetensors");
  const fs::path file = folder / "config.json";
  const Config config = Config::parse(read_file(file, 1 << 24), file.string());
  if (config.has("quantization_config"))
    throw Error(cat(file.string(), ": an already quantized checkpoint"), "use the original one");
  const Family& family = family_of(config);
  const Architecture architecture = family.describe(config);
  check(architecture, file.string());
  const Tensors tensors = read_tensors(folder);
  std::vector<Param> params;
  for (const ParamSource& source : family.params(architecture)) {
    if (const at::Tensor* stored = find_stored(tensors, family, source.stored))
      params.push_back(make_param(source, *stored, folder.string()));
    else if (!source.optional)
      throw Error(cat(folder.string(), ": tensor '", source.stored, "' is missing"),
                  "is the download complete?");
  }
  const fs::path clean = folder.has_filename() ? folder : folder.parent_path();
  return std::make_shared<Weights>(clean.filename().string(), architecture, std::move(params),
                                   load_tokenizer(folder));
}

static nlohmann::ordered_json gpt2_config(const Architecture& a) {
  return {{"architectures", {"GPT2LMHeadModel"}},
          {"model_type", "gpt2"},
          {"n_layer", a.layers},
          {"n_embd", a.width},
          {"n_head", a.heads},
          {"n_inner", a.mlp_width},
          {"vocab_size", a.vocab},
          {"n_positions", a.context},
          {"layer_norm_epsilon", a.norm_eps},
          {"activation_function", "gelu_new"},
          {"tie_word_embeddings", a.tied_head},
          {"bos_token_id", 0},
          {"eos_token_id", 0}};
}

void save_weights(const Weights& weights, const fs::path& folder, at::ScalarType dtype,
                  const std::string& tokenizer_json) {
  const Architecture& a = weights.architecture();
  if (a.family != "gpt2" || a.activation != Activation::gelu_tanh)
    throw Error(cat("cannot save a model of family ", a.family),
                "only gpt2 models are trained and saved");
  std::error_code code;
  if (fs::create_directories(folder, code); code)
    throw Error(cat(folder.string(), ": cannot make this folder: ", code.message()),
                "name another one");
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const ParamSource& source : family_named(a.family).params(a)) {
    if (const Param* param = weights.find(source.name)) {
      const at::Tensor value = param->oriented().to(dtype);
      const std::string prefix = source.name == "head" ? "" : "transformer.";
      tensors.emplace_back(prefix + source.stored,
                           (source.transposed ? value.t() : value).contiguous());
    }
  }
  nlohmann::ordered_json config = gpt2_config(a);
  config["torch_dtype"] = dtype == at::kHalf ? "float16" : "float32";
  save_safetensors(folder / "model.safetensors", tensors);
  write_file(folder / "config.json", config.dump(2) + "\n");
  if (!tokenizer_json.empty())
    write_file(folder / "tokenizer.json", tokenizer_json);
}

} // namespace residua
