#include "engine/model/tensor_cache.hpp"

#include <algorithm>
#include <fstream>
#include <unistd.h>

namespace residua {

at::Tensor TensorCache::get(const std::string& key, const std::function<at::Tensor()>& make) {
  if (const auto found = index_.find(key); found != index_.end()) {
    items_.splice(items_.begin(), items_, found->second);
    return items_.front().tensor;
  }
  if (oversized_.key == key)
    return oversized_.tensor;
  at::Tensor tensor = make();
  ++made_;
  if (tensor.nbytes() > budget_) {
    oversized_ = {key, tensor};
    return tensor;
  }
  items_.push_front({key, tensor});
  index_[key] = items_.begin();
  bytes_ += tensor.nbytes();
  evict();
  return tensor;
}

void TensorCache::set_budget(std::size_t bytes) {
  budget_ = bytes;
  oversized_ = {};
  evict();
}

void TensorCache::evict() {
  while (bytes_ > budget_) {
    bytes_ -= items_.back().tensor.nbytes();
    index_.erase(items_.back().key);
    items_.pop_back();
  }
}

// What this process may take: the machine's memory, or its container's [bytes].
static std::size_t memory_limit() {
  auto limit = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
  for (const char* file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream stream(file);
    if (std::size_t bytes = 0; stream >> bytes) // "max" is no number
      limit = std::min(limit, bytes);
  }
  return limit;
}

TensorCache& weight_cache() {
  constexpr std::size_t kGiB = std::size_t{1} << 30;
  static TensorCache cache(std::clamp(memory_limit() / 4, 2 * kGiB, 8 * kGiB));
  return cache;
}

} // namespace residua
