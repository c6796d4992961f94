// The machine and the process: device, threads, libraries, folders, clock.

#include "bindings/args.hpp"
#include "bindings/entry.hpp"
#include "bindings/native.hpp"
#include "bindings/push.hpp"
#include "engine/device.hpp"
#include "engine/digest.hpp"
#include "engine/kernel/product.hpp"
#include "engine/model/tensor_cache.hpp"
#include "engine/progress.hpp"
#include "engine/version.hpp"

#include <ATen/Context.h>
#include <algorithm>
#include <chrono>
#include <filesystem>

namespace residua {

namespace {

namespace fs = std::filesystem;

int system_version(lua_State* L) {
  return push(L, kVersion);
}

int system_device(lua_State* L) {
  return push(L, device::current().str());
}

int system_set_device(lua_State* L) {
  device::set(std::string(check_string(L, 1)));
  return 0;
}

int system_threads(lua_State* L) {
  return push(L, device::threads());
}

int system_set_threads(lua_State* L) {
  device::set_threads(static_cast<int>(check_integer(L, 1, 0, 4096)));
  return 0;
}

int system_cores(lua_State* L) {
  return push(L, device::cores());
}

int system_libraries(lua_State* L) {
  lua_newtable(L);
  set_field(L, "libtorch", device::libtorch_version());
  set_field(L, "blas", device::blas_library());
  set_field(L, "products", kernel::product_library());
  set_field(L, "onednn", at::hasMKLDNN());
  set_field(L, "mkl", at::hasMKL());
  set_field(L, "cuda", at::hasCUDA());
  set_field(L, "config", device::libtorch_config());
  return 1;
}

int system_gflops(lua_State* L) {
  return push(L, kernel::measure_gflops(check_integer(L, 1, 1, 1 << 14)));
}

int system_digest(lua_State* L) {
  const std::string_view text = check_string(L, 1);
  return push(L, Digest().bytes(text.data(), text.size()).hex());
}

int system_clock(lua_State* L) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return push(L, std::chrono::duration<double>(now).count());
}

int system_exists(lua_State* L) {
  std::error_code out_of_reach;
  return push(L, fs::exists(check_string(L, 1), out_of_reach));
}

int system_make_folder(lua_State* L) {
  fs::create_directories(check_string(L, 1));
  return 0;
}

int system_list(lua_State* L) {
  std::vector<std::string> names;
  const std::string path(check_string(L, 1));
  if (!fs::is_directory(path))
    throw Error(cat(path, ": no such folder"), "check the path");
  for (const auto& entry : fs::directory_iterator(path))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return push(L, names);
}

int system_show_progress(lua_State* L) {
  Progress::enable(check_boolean(L, 1));
  return 0;
}

int system_weight_cache(lua_State* L) {
  TensorCache& cache = weight_cache();
  if (!is_absent(L, 1))
    cache.set_budget(static_cast<std::size_t>(check_integer(L, 1, 0, int64_t{1} << 50)));
  lua_newtable(L);
  set_field(L, "bytes", cache.bytes());
  set_field(L, "budget", cache.budget());
  set_field(L, "made", cache.made());
  return 1;
}

const Entry kModule[] = {
    {"version", system_version, R"(Returns the version of Residua.
@return string)"},
    {"device", system_device, R"(Returns the device that models compute on.
@return string  "cpu", "cuda:0".)"},
    {"set_device", system_set_device, R"(Chooses the device that models compute on.
@param name string  "cpu", "cuda" or "cuda:1".)"},
    {"threads", system_threads, R"(Returns the number of threads that products use.
@return integer)"},
    {"set_threads", system_set_threads, R"(Sets the number of threads that products use.
@param count integer  0 for OMP_NUM_THREADS, or one per core.)"},
    {"cores", system_cores, R"(Returns the cores that this process may run on.
@return integer)"},
    {"libraries", system_libraries, R"(Returns what libtorch is made of.
@return table  libtorch (version), blas (path), products (library of linear layers), onednn, mkl, cuda (boolean), config (text).)"},
    {"gflops", system_gflops, R"(Measures float32 matrix products.
@param n integer  Of n x n matrices.
@return number  GFLOP/s, the best of five.)"},
    {"digest", system_digest, R"(Returns a digest of a text: equal digests are equal texts.
@param text string
@return string)"},
    {"clock", system_clock, R"(Returns seconds of a clock that never goes back.
@return number)"},
    {"exists", system_exists,
     R"(Returns whether a file or folder is there; false too where a folder on the way may not be read.
@param path string
@return boolean)"},
    {"make_folder", system_make_folder, R"(Makes a folder and those above it.
@param path string)"},
    {"list", system_list, R"(Returns the sorted names in a folder.
@param path string
@return string[])"},
    {"show_progress", system_show_progress, R"(Turns progress lines on or off.
@param on boolean)"},
    {"weight_cache", system_weight_cache,
     R"(Returns the state of the cache of converted and quantized weights.
@param budget? integer  New budget [bytes], 0 or more.
@return table  bytes, budget, made (tensors made so far).)"},
};

} // namespace

void register_system(lua_State* L) {
  register_module(L, "system", kModule);
}

} // namespace residua
