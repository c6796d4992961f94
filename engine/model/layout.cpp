#include "engine/model/layout.hpp"

#include "engine/digest.hpp"
#include "engine/file.hpp"
#include "engine/model/stored_tensors.hpp"

#include <ATen/core/Tensor.h>

namespace residua {

std::string layout_digest(const Weights& weights, const std::filesystem::path& folder) {
  Digest digest;
  digest.add(read_file(folder / "config.json"));
  for (const Param& param : weights.params()) {
    digest.add(param.name).add(c10::toString(param.stored.scalar_type()));
    for (const int64_t size : param.stored.sizes())
      digest.add(size);
  }
  for (const auto& file : weight_files(folder))
    digest.add(static_cast<long long>(std::filesystem::file_size(file)));
  return digest.hex();
}

} // namespace residua
