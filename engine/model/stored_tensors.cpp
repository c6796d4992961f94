#include "engine/model/stored_tensors.hpp"

#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/model/pytorch_bin.hpp"
#include "engine/model/safetensors.hpp"
#include "engine/model/unsupported.hpp"
#include "engine/quote.hpp"

#include <nlohmann/json.hpp>
#include <set>

namespace residua {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, at::Tensor>;

static std::vector<fs::path> shards(const fs::path& index) {
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
  std::vector<fs::path> files;
  for (const std::string& name : names)
    files.push_back(index.parent_path() / name);
  return files;
}

std::vector<fs::path> weight_files(const fs::path& folder) {
  for (const char* name : {"model.safetensors", "pytorch_model.bin"}) {
    const fs::path single = folder / name, index = folder / cat(name, ".index.json");
    if (fs::exists(single))
      return {single};
    if (fs::exists(index))
      return shards(index);
  }
  refuse_foreign_files(folder);
  throw Error(cat(folder.string(), ": no model.safetensors, no pytorch_model.bin and no index of "
                                   "their shards"),
              "is the download complete?");
}

Tensors read_tensors(const std::vector<fs::path>& files) {
  Tensors tensors;
  for (const fs::path& file : files) {
    refuse_pointer(file);
    tensors.merge(file.extension() == ".safetensors" ? Tensors(Safetensors::open(file).tensors())
                                                     : read_pytorch_bin(file));
  }
  return tensors;
}

} // namespace residua
