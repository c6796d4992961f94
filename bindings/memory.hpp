#pragma once
// A budget of tensor bytes that drives Lua's collector: Lua sees an 8-byte handle where libtorch
// holds megabytes.

#include <cstddef>
#include <cstdint>
#include <lua.hpp>
#include <memory>
#include <unordered_map>

namespace residua {

/// Live tensor bytes of one Lua state. Torch7's rule: over budget, collect everything; if more than
/// 80 % of the budget is still live, raise it by 40 %, so that a working set above the budget does
/// not collect on every allocation.
class TensorBudget {
 public:
  static constexpr std::size_t kStart = std::size_t{256} << 20; ///< bytes

  /// Counts a storage; handles that share it count once.
  void add(const void* storage, std::size_t bytes);
  void remove(const void* storage) noexcept;

  /// Collects when over budget; never from inside a finalizer, nor while the script has stopped the
  /// collector.
  void settle(lua_State* L);

  void set_budget(std::size_t bytes) { budget_ = bytes; }
  std::size_t live() const { return live_; }     ///< bytes
  std::size_t peak() const { return peak_; }     ///< bytes
  std::size_t budget() const { return budget_; } ///< bytes
  int64_t collections() const { return collections_; }

 private:
  struct Storage {
    std::size_t bytes;
    std::size_t handles;
  };
  std::unordered_map<const void*, Storage> storages_;
  std::size_t live_ = 0;
  std::size_t peak_ = 0;
  std::size_t budget_ = kStart;
  std::size_t most_storages_ = 100'000; ///< a small tensor takes half a kB beside its bytes
  int64_t collections_ = 0;
};

/// Counts one handle of a storage for as long as it lives.
class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<TensorBudget> budget, const void* storage, std::size_t bytes);
  ~Lease();
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;

 private:
  std::shared_ptr<TensorBudget>
      budget_; // shared: a lease may be finalized after the state's own reference
  const void* storage_ = nullptr;
};

/// The budget of this Lua state, made on first use.
std::shared_ptr<TensorBudget> tensor_budget(lua_State* L);

/// Adds the module `memory` to the native table on the stack top.
void register_memory(lua_State* L);

} // namespace residua
