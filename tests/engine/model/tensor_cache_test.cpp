// The cache of made tensors: made once, kept within the budget, the least recently used go first.

#include "tests/support/catch.hpp"

#include "engine/model/tensor_cache.hpp"

#include <ATen/ATen.h>
#include <stdexcept>

using namespace residua;

/// Asks for `key`, of 100 bytes unless told, and says whether it had to be made.
static bool makes(TensorCache& cache, const std::string& key, int64_t bytes = 100) {
  const int64_t before = cache.made();
  const at::Tensor tensor = cache.get(key, [&] { return at::zeros({bytes}, at::kByte); });
  CHECK(tensor.numel() == bytes);
  return cache.made() > before;
}

TEST_CASE("a tensor is made once", "[cache]") {
  TensorCache cache(1000);
  CHECK(makes(cache, "a"));
  CHECK_FALSE(makes(cache, "a"));
  CHECK(makes(cache, "b"));
  CHECK(cache.bytes() == 200);
  CHECK(cache.made() == 2);
}

TEST_CASE("the least recently used goes first", "[cache]") {
  TensorCache cache(300);
  for (const char* key : {"a", "b", "c", "a"}) // "b" is now the oldest
    makes(cache, key);
  CHECK(makes(cache, "d"));
  CHECK(cache.bytes() == 300);
  CHECK_FALSE(makes(cache, "a"));
  CHECK_FALSE(makes(cache, "c"));
  CHECK(makes(cache, "b"));
}

TEST_CASE("what alone exceeds the budget stays beside the others until the next such", "[cache]") {
  TensorCache cache(300);
  makes(cache, "a");
  CHECK(makes(cache, "big", 301));
  CHECK(cache.bytes() == 100);
  CHECK_FALSE(makes(cache, "a"));
  CHECK_FALSE(makes(cache, "big", 301));
  CHECK(makes(cache, "bigger", 400));
  CHECK(makes(cache, "big", 301));
  cache.set_budget(0);
  CHECK(cache.bytes() == 0);
  CHECK(cache.budget() == 0);
  CHECK(makes(cache, "big", 301));
}

TEST_CASE("a tensor in use outlives its place in the cache", "[cache]") {
  TensorCache cache(100);
  const at::Tensor kept = cache.get("a", [] { return at::ones({10}); });
  cache.set_budget(0);
  CHECK(kept.sum().item<float>() == 10);
}

TEST_CASE("a tensor that cannot be made leaves no trace", "[cache]") {
  TensorCache cache(100);
  CHECK_THROWS_AS(cache.get("a", []() -> at::Tensor { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(cache.bytes() == 0);
  CHECK(makes(cache, "a"));
}
