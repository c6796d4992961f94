#include "engine/device.hpp"

#include "engine/error.hpp"
#include "engine/quote.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <omp.h>
#include <sched.h>
#include <torch/version.h>

namespace residua::device {

static c10::Device chosen(c10::kCPU);

c10::Device current() {
  return chosen;
}

static c10::Device parse(const std::string& name) {
  try {
    return c10::Device(name);
  } catch (const c10::Error&) {
    throw Error(cat("unknown device ", quote(name)), "use cpu, cuda or cuda:N");
  }
}

void set(const std::string& name) {
  const c10::Device wanted = parse(name);
  if (!wanted.is_cpu() && !wanted.is_cuda())
    throw Error(cat("device ", quote(name), " is not supported"), "use cpu, cuda or cuda:N");
  if (wanted.is_cuda() && !at::hasCUDA())
    throw Error("this libtorch has no CUDA device",
                "use --device cpu, or build with make TORCH=<folder of a CUDA libtorch>");
  chosen = wanted;
}

int cores() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return 1;
  return CPU_COUNT(&allowed);
}

int default_threads() {
  const char* asked = std::getenv("OMP_NUM_THREADS");
  const int count = asked == nullptr ? 0 : std::atoi(asked);
  return count > 0 ? count : cores();
}

void set_threads(int count) {
  const int threads = count > 0 ? count : default_threads();
  at::set_num_threads(threads);
  omp_set_num_threads(threads); // that of our own loops and oneDNN, where libtorch has another
}

int threads() {
  return at::get_num_threads();
}

std::string libtorch_version() {
  return TORCH_VERSION;
}

std::string libtorch_config() {
  return at::show_config();
}

std::string blas_library() {
  Dl_info info{};
  void* sgemm = dlsym(RTLD_DEFAULT, "sgemm_");
  if (sgemm == nullptr || dladdr(sgemm, &info) == 0 || info.dli_fname == nullptr)
    return "inside libtorch";
  return std::filesystem::weakly_canonical(info.dli_fname).string(); // behind Debian's alternatives
}

} // namespace residua::device
