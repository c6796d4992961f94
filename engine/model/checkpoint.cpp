// Reads and writes a model folder in the Hugging Face layout.

#include "engine/dtype.hpp"
#include "engine/error.hpp"
#include "engine/model/family.hpp"
#include "engine/model/safetensors.hpp"
#include "engine/model/stored_tensors.hpp"
#include "engine/model/unsupported.hpp"
#include "engine/model/weights.hpp"
#include "engine/tokenizer/folder.hpp"

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

namespace residua {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, at::Tensor>;

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

static Config read_config(const fs::path& folder) {
  refuse_file(folder);
  if (!fs::is_directory(folder))
    throw Error(cat("no model in '", folder.string(), "': no such folder"),
                "name a bundled model (mini), a folder with config.json and the weights, or a "
                "Hugging Face id");
  const fs::path file = folder / "config.json";
  if (!fs::exists(file))
    refuse_foreign_files(folder);
  return Config::parse(read_file(file, 1 << 24), file.string());
}

// The folder's own name; of a snapshot in the Hugging Face cache, which has the commit's, the
// repository's: models--owner--name/snapshots/COMMIT is owner/name.
static std::string model_name(const fs::path& folder) {
  const fs::path clean = folder.has_filename() ? folder : folder.parent_path();
  const std::string repository = clean.parent_path().parent_path().filename().string();
  if (clean.parent_path().filename() != "snapshots" || !repository.starts_with("models--"))
    return clean.filename().string();
  std::string name = repository.substr(8);
  if (const std::size_t dashes = name.find("--"); dashes != std::string::npos)
    name.replace(dashes, 2, "/");
  return name;
}

std::shared_ptr<const Weights> load_weights(const fs::path& folder, bool with_tokenizer) {
  const Config config = read_config(folder);
  refuse_quantized(config);
  const Family& family = family_of(config);
  const Architecture architecture = family.describe(config);
  check(architecture, config.origin());
  const Tensors tensors = read_tensors(weight_files(folder));
  refuse_quantized(tensors, folder.string());
  std::vector<Param> params;
  for (const ParamSource& source : family.params(architecture)) {
    if (const at::Tensor* stored = find_stored(tensors, family, source.stored))
      params.push_back(make_param(source, *stored, folder.string()));
    else if (!source.optional)
      throw Error(cat(folder.string(), ": tensor '", source.stored, "' is missing"),
                  "is the download complete?");
  }
  return std::make_shared<Weights>(model_name(folder), architecture, std::move(params),
                                   with_tokenizer ? load_folder_tokenizer(folder) : nullptr);
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
  if (dtype != at::kFloat && dtype != at::kHalf)
    throw Error(cat("cannot save weights as ", dtype_name(dtype)), "use float32 or float16");
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
  config["torch_dtype"] = dtype_name(dtype);
  save_safetensors(folder / "model.safetensors", tensors);
  write_file(folder / "config.json", config.dump(2) + "\n");
  if (!tokenizer_json.empty())
    write_file(folder / "tokenizer.json", tokenizer_json);
}

} // namespace residua
