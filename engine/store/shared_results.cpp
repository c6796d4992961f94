#include "engine/store/shared_results.hpp"

#include <cstdio>

namespace residua {

// `tried` is false until the first call that needs the results.
struct SharedResults {
  std::mutex mutex;
  std::optional<std::filesystem::path> path;
  bool tried = false;
  std::shared_ptr<ResultStore> results;
};
static SharedResults& shared() {
  static SharedResults state;
  return state;
}

void choose_store(std::optional<std::filesystem::path> path) {
  const std::lock_guard lock(shared().mutex);
  shared().path = std::move(path);
  shared().tried = false;
  shared().results.reset();
}

std::optional<std::filesystem::path> chosen_store() {
  const std::lock_guard lock(shared().mutex);
  return shared().path;
}

std::shared_ptr<ResultStore> shared_results() {
  const std::lock_guard lock(shared().mutex);
  if (!shared().path || shared().tried)
    return shared().results;
  shared().tried = true;
  try {
    shared().results = ResultStore::open(*shared().path);
  } catch (const Error& error) {
    std::fprintf(stderr, "warning: %s; the run goes on without a store\n", error.what());
  }
  return shared().results;
}

} // namespace residua
