// Memory that comes back: the pool keeps what its limit allows, and hands it to the next tensor of
// its size.

#include "tests/support/catch.hpp"

#include "engine/kernel/buffer_pool.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <c10/core/CPUAllocator.h>
#include <random>
#include <set>

using namespace residua;

TEST_CASE("tensors take turns in one buffer, within the limit", "[kernel]") {
  c10::Allocator* const before = c10::GetCPUAllocator();
  constexpr std::size_t kLimit = std::size_t{8} << 20;
  kernel::pool_buffers(kLimit);
  const void* first = nullptr;
  {
    const at::Tensor x = at::empty({1 << 20});
    first = x.data_ptr();
  }
  CHECK(kernel::pooled_bytes() == std::size_t{4} << 20);
  CHECK(at::empty({(1 << 20) - 100}).data_ptr() == first); // the same class of sizes
  CHECK(at::empty({1 << 19}).data_ptr() == first);         // half as large
  CHECK(at::empty({1 << 18}).data_ptr() != first);         // too small for it
  { // buffers of twice the size serve until 8 MiB of them lie idle: these are 2 MiB each
    std::vector<at::Tensor> kept;
    std::set<const void*> large;
    for (int i = 0; i < 12; ++i) {
      large.insert(at::empty({1 << 20}).data_ptr());
      kept.push_back(at::empty({1 << 19}));
    }
    CHECK(std::count_if(kept.begin(), kept.end(),
                        [&](const at::Tensor& x) { return large.count(x.data_ptr()) > 0; }) == 4);
  }
  std::mt19937 random(1);
  std::vector<at::Tensor> alive;
  for (int i = 0; i < 200; ++i) {
    const auto size = static_cast<int64_t>(random() % (1 << 21));
    alive.push_back(at::full({size + 1}, i, at::kFloat));
    if (random() % 2 == 0)
      alive.erase(alive.begin() + static_cast<int64_t>(random() % alive.size()));
    REQUIRE(kernel::pooled_bytes() <= kLimit);
  }
  for (const at::Tensor& x : alive) // nobody wrote into the buffer of another
    REQUIRE(x.min().item<float>() == x.max().item<float>());
  alive.clear();
  for (const std::size_t bytes :
       {std::size_t{100}, std::size_t{1} << 20}) { // as oneDNN asks for it
    void* const memory = c10::GetCPUAllocator()->raw_allocate(bytes);
    c10::GetCPUAllocator()->raw_deallocate(memory);
  }
  kernel::pool_buffers(0);
  c10::SetCPUAllocator(before, 1);
}
