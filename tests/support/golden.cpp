#include "tests/support/golden.hpp"

#include <ATen/ATen.h>
#include <cstdio>
#include <cstdlib>

namespace residua::golden {

namespace fs = std::filesystem;

fs::path path(const std::string& name) {
  return fs::path(RESIDUA_SOURCE) / "tests" / "golden" / name;
}

std::optional<fs::path> shared_data(const std::string& name) {
  const char* variable = std::getenv("RESIDUA_DATA");
  const fs::path root =
      variable ? fs::path(variable) : fs::path(RESIDUA_SOURCE) / ".." / "shared" / "data";
  if (fs::exists(root / name))
    return root / name;
  std::printf("skipped: %s is absent (set RESIDUA_DATA)\n", (root / name).c_str());
  return std::nullopt;
}

TokenIds Checkpoint::ids(int text) const {
  const at::Tensor& stored = reference.at("text" + std::to_string(text) + ".ids");
  return {stored.data_ptr<int64_t>(), stored.data_ptr<int64_t>() + stored.numel()};
}

Checkpoint load(const std::string& name) {
  return {Model(load_weights(path(name))),
          Safetensors::open(path(name) / "golden.safetensors").tensors()};
}

double max_difference(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes())
    return INFINITY;
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

double relative_difference(const at::Tensor& a, const at::Tensor& reference) {
  return max_difference(a, reference) / std::max(1e-3, reference.abs().max().item<double>());
}

} // namespace residua::golden
