#include "engine/model/tensor_cache.hpp"

namespace residua {

at::Tensor TensorCache::get(const std::string& key, const std::function<at::Tensor()>& make) {
  if (const auto found = index_.find(key); found != index_.end()) {
    items_.splice(items_.begin(), items_, found->second);
    return items_.front().tensor;
  }
  at::Tensor tensor = make();
  ++made_;
  items_.push_front({key, tensor});
  index_[key] = items_.begin();
  bytes_ += tensor.nbytes();
  evict(1);
  return tensor;
}

void TensorCache::set_budget(std::size_t bytes) {
  budget_ = bytes;
  evict(0);
}

void TensorCache::evict(std::size_t kept) {
  while (bytes_ > budget_ && items_.size() > kept) {
    bytes_ -= items_.back().tensor.nbytes();
    index_.erase(items_.back().key);
    items_.pop_back();
  }
}

TensorCache& weight_cache() {
  static TensorCache cache(std::size_t{2} << 30);
  return cache;
}

} // namespace residua
