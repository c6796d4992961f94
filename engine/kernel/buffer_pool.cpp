#include "engine/kernel/buffer_pool.hpp"

#include <algorithm>
#include <bit>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <cstring>
#include <list>
#include <mutex>
#include <sys/mman.h>
#include <torch/version.h>
#include <unordered_map>
#include <utility>

namespace residua::kernel {
namespace {

constexpr std::size_t kSmallest = std::size_t{1} << 18; // below it malloc keeps pages by itself

constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// Sizes in steps of an eighth of a power of two, so that batches of about one length agree.
std::size_t size_class(std::size_t bytes) {
  const std::size_t step = std::bit_floor(bytes) / 8;
  return (bytes + step - 1) / step * step;
}

/// Memory in pages of 2 MiB where the system has them for those who ask: its first use costs a
/// tenth, and products find their weights with fewer lookups.
void* allocate_large(std::size_t bytes) {
  void* const memory = c10::alloc_cpu(bytes);
  const auto start = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t first = (start + kHugePage - 1) / kHugePage * kHugePage;
  const uintptr_t end = (start + bytes) / kHugePage * kHugePage;
  if (first < end)
    madvise(reinterpret_cast<void*>(first), end - first,
            MADV_HUGEPAGE); // refused, all is as before
  return memory;
}

/// Unused buffers, the latest first.
class Pool {
  using Buffers = std::list<std::pair<void*, std::size_t>>;

 public:
  void* take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (const auto free = fitting(bytes); free != free_.end()) {
      const auto [memory, size] = *free;
      held_ -= size;
      slack_ += size - bytes;
      used_[memory] = {size, size - bytes};
      free_.erase(free);
      return memory;
    }
    void* const memory = allocate_large(bytes);
    used_[memory] = {bytes, 0};
    return memory;
  }

  /// False where the memory is not of the pool.
  bool give(void* memory) {
    const std::lock_guard lock(mutex_);
    const auto entry = used_.find(memory);
    if (entry == used_.end())
      return false;
    const auto [size, slack] = entry->second;
    free_.emplace_front(memory, size);
    held_ += size;
    slack_ -= slack;
    used_.erase(entry);
    shrink();
    return true;
  }

  void limit(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    limit_ = bytes;
    shrink();
  }

  std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_;
  }

 private:
  // The smallest of enough bytes, and of no more than twice as many; of equals the latest. What
  // tensors do not use of their buffers stays within the limit: some of them live long.
  Buffers::iterator fitting(std::size_t bytes) {
    const std::size_t most = bytes + std::min(bytes, limit_ - std::min(limit_, slack_));
    auto best = free_.end();
    for (auto free = free_.begin(); free != free_.end(); ++free)
      if (free->second >= bytes && free->second <= most &&
          (best == free_.end() || free->second < best->second))
        best = free;
    return best;
  }

  // The longest unused go first.
  void shrink() {
    while (held_ > limit_) {
      held_ -= free_.back().second;
      c10::free_cpu(free_.back().first);
      free_.pop_back();
    }
  }

  std::mutex mutex_;
  Buffers free_;
  struct Used {
    std::size_t size, slack; // bytes: of the buffer, and of it those that nobody asked for
  };
  std::unordered_map<void*, Used> used_;
  std::size_t held_ = 0, slack_ = 0, limit_ = 0;
};

// Never destroyed: tensors in static storage come back after it would be.
Pool& pool() {
  static Pool* const one = new Pool;
  return *one;
}

void release_small(void* memory) {
  c10::free_cpu(memory);
}

void release_large(void* memory) {
  pool().give(memory);
}

void release_any(void* memory) {
  if (memory != nullptr && !pool().give(memory))
    c10::free_cpu(memory);
}

class PoolAllocator final : public c10::Allocator {
 public:
#if TORCH_VERSION_MAJOR < 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR < 3)
  c10::DataPtr allocate(std::size_t bytes) const override {
    return make(bytes);
  }
#else
  c10::DataPtr allocate(std::size_t bytes) override {
    return make(bytes);
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
#endif
  /// libtorch's own oneDNN takes and gives memory without its size.
  c10::DeleterFnPtr raw_deleter() const override {
    return release_any;
  }

 private:
  static c10::DataPtr make(std::size_t bytes) {
    const bool small = bytes < kSmallest;
    void* const memory = small ? c10::alloc_cpu(bytes) : pool().take(size_class(bytes));
    return {memory, memory, small ? release_small : release_large, c10::Device(c10::kCPU)};
  }
};

} // namespace

void pool_buffers(std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
  return; // it would not see the use of what was given back
#endif
  static PoolAllocator allocator;
  pool().limit(bytes);
  c10::SetCPUAllocator(&allocator, 1);
}

std::size_t pooled_bytes() {
  return pool().held();
}

} // namespace residua::kernel
