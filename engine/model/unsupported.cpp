#include "engine/model/unsupported.hpp"

#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/glob.hpp"
#include "engine/quote.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace residua {

namespace fs = std::filesystem;

static const char* const kOriginal = "use the original checkpoint that it was made from";

void refuse_quantized(const Config& config) {
  for (const char* field : {"quantization_config", "compression_config"}) {
    if (!config.has(field))
      continue;
    const Config inner = config.object(field);
    const std::string method = inner.text("quant_method", "");
    throw Error(cat(config.origin(), ": an already quantized checkpoint",
                    method.empty() ? "" : cat(" (", quote(method), ")")),
                kOriginal);
  }
}

// What formats call the parts of a quantized weight.
static const std::pair<const char*, const char*> kParts[] = {
    {".qweight", "GPTQ or AWQ"},
    {".qzeros", "GPTQ or AWQ"},
    {".scales", "GPTQ or AWQ"},
    {".g_idx", "GPTQ"},
    {".weight_packed", "compressed-tensors"},
    {".weight_scale", "compressed-tensors or FP8"},
    {".weight_scale_inv", "FP8"},
    {".SCB", "bitsandbytes"},
    {".weight.absmax", "bitsandbytes"},
    {".weight.quant_map", "bitsandbytes"},
};

void refuse_quantized(const std::map<std::string, at::Tensor>& tensors, const std::string& folder) {
  for (const auto& [name, tensor] : tensors)
    for (const auto& [ending, method] : kParts)
      if (name.ends_with(ending))
        throw Error(cat(folder, ": tensor ", quote(name),
                        " is part of an already quantized weight (", method, ")"),
                    kOriginal);
}

struct ForeignFile {
  const char* pattern;
  const char* what;
  const char* remedy;
};

static const ForeignFile kForeign[] = {
    {"adapter_model.*", "an adapter, not a model", "merge it into its base model and save that"},
    {"*.gguf", "a GGUF file, which is quantized or converted", kOriginal},
    {"consolidated.*", "weights in the layout of their makers",
     "get the checkpoint in the Hugging Face layout, with model.safetensors"},
    {"tf_model*.h5", "TensorFlow weights only",
     "convert them with transformers 4: from_pretrained(FOLDER, "
     "from_tf=True).save_pretrained(FOLDER)"},
    {"flax_model*.msgpack", "Flax weights only",
     "convert them with transformers 4: from_pretrained(FOLDER, "
     "from_flax=True).save_pretrained(FOLDER)"},
    {"model.ckpt*", "a TensorFlow checkpoint only", "get it in the Hugging Face layout"},
    {"*.onnx", "an ONNX graph only", kOriginal},
};

void refuse_foreign_files(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  for (const ForeignFile& form : kForeign)
    for (const std::string& name : names)
      if (glob_match(form.pattern, name))
        throw Error(cat((folder / name).string(), ": ", form.what), form.remedy);
}

void refuse_file(const fs::path& path) {
  if (!fs::is_regular_file(path))
    return;
  if (path.extension() == ".gguf")
    throw Error(cat(path.string(), ": a GGUF file, which is quantized or converted"), kOriginal);
  throw Error(cat("no model in '", path.string(), "': a file"),
              "name the folder that holds config.json and the weights");
}

void refuse_pointer(const fs::path& file) {
  constexpr std::string_view kStart = "version https://git-lfs";
  const auto mapped = MappedFile::open(file);
  const std::string_view start(reinterpret_cast<const char*>(mapped->data()),
                               std::min(mapped->size(), kStart.size()));
  if (start == kStart)
    throw Error(cat(file.string(), ": a Git LFS pointer, not the weights"),
                "fetch them: git lfs pull");
}

} // namespace residua
