#include "engine/kernel/onednn.hpp"

#include "engine/error.hpp"

#include <dlfcn.h>

namespace residua::kernel::onednn {

#ifdef __SANITIZE_ADDRESS__
constexpr int kOwnSymbolsFirst = 0; // the sanitizer does not take it
#else
constexpr int kOwnSymbolsFirst = RTLD_DEEPBIND;
#endif

static Error unloadable() {
  return Error(cat("oneDNN cannot be loaded: ", dlerror()), "build Residua again");
}

static void* library() {
  static void* const handle =
      dlopen(RESIDUA_ONEDNN_LIBRARY, RTLD_NOW | RTLD_LOCAL | kOwnSymbolsFirst);
  if (handle == nullptr)
    throw unloadable();
  return handle;
}

template <class Function> static Function* find(const char* name) {
  void* const found = dlsym(library(), name);
  if (found == nullptr)
    throw unloadable();
  return reinterpret_cast<Function*>(found);
}

bool multiply(const Gemm& gemm) {
  static const auto function = find<bool(const Gemm&)>("residua_onednn_multiply");
  return function(gemm);
}

void multiply_bfloat16(const Gemm& gemm) {
  static const auto function = find<const char*(const Gemm&)>("residua_onednn_multiply_bfloat16");
  if (const char* failure = function(gemm))
    throw Error(cat("products in bfloat16 failed: ", failure),
                "leave out precision = \"bfloat16\" on this processor");
}

} // namespace residua::kernel::onednn
