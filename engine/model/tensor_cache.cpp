#include "engine/model/tensor_cache.hpp"

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

TensorCache& weight_cache() {
  static TensorCache cache(std::size_t{2} << 30);
  return cache;
}

} // namespace residua
