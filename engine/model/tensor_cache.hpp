#pragma once
// Tensors made from weights (converted, quantized), kept until a byte budget is passed; the least
// recently used go first, and one that alone exceeds it stays beside them until the next.

#include <ATen/core/Tensor.h>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>

namespace residua {

class TensorCache {
 public:
  explicit TensorCache(std::size_t budget) : budget_(budget) {}

  /// The tensor under `key`, made on first use.
  at::Tensor get(const std::string& key, const std::function<at::Tensor()>& make);
  void set_budget(std::size_t bytes);
  std::size_t budget() const { return budget_; }
  std::size_t bytes() const { return bytes_; }
  int64_t made() const { return made_; } ///< how often `make` ran

 private:
  struct Item {
    std::string key;
    at::Tensor tensor;
  };
  void evict();

  std::size_t budget_;
  std::size_t bytes_ = 0;
  int64_t made_ = 0;
  std::list<Item> items_; // most recently used first
  Item oversized_;        // the latest tensor above the budget, not in `bytes_`
  std::unordered_map<std::string, std::list<Item>::iterator> index_;
};

/// The cache that all models share; until set, a quarter of the memory, 2 to 8 GiB.
TensorCache& weight_cache();

} // namespace residua
