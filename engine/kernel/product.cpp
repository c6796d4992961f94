#include "engine/kernel/product.hpp"

#include "engine/error.hpp"
#include "engine/kernel/onednn.hpp"
#include "engine/kernel/precision.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <chrono>
#include <dlfcn.h>
#include <vector>

namespace residua::kernel {

bool usable(const at::Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat &&
         !at::GradMode::is_enabled();
}

static void by_onednn(const Gemm& g) {
  if (!onednn::multiply(g))
    throw Error("a matrix product failed in oneDNN", "free some memory");
}

// Fortran's interface, which every BLAS has: columns first, all arguments by address.
using Sgemm = void (*)(const char* transa, const char* transb, const int* m, const int* n,
                       const int* k, const float* alpha, const float* a, const int* lda,
                       const float* b, const int* ldb, const float* beta, float* c, const int* ldc);

// That of the BLAS which libtorch has loaded; null where it has none of that name.
static Sgemm blas_sgemm() {
  static const auto found = reinterpret_cast<Sgemm>(dlsym(RTLD_DEFAULT, "sgemm_"));
  return found;
}

// Columns first, C^T = B^T A^T.
static void by_blas(const Gemm& g) {
  const auto m = static_cast<int>(g.m), n = static_cast<int>(g.n), k = static_cast<int>(g.k);
  const auto lda = static_cast<int>(g.lda), ldb = static_cast<int>(g.ldb);
  const auto ldc = static_cast<int>(g.ldc);
  blas_sgemm()(g.transposed ? "T" : "N", "N", &n, &m, &k, &g.alpha, g.b, &ldb, g.a, &lda, &g.beta,
               g.c, &ldc);
}

using Multiply = void (*)(const Gemm&);

// The best of some runs [seconds], without the first.
static double best_time(Multiply library, const Gemm& gemm, int runs) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  library(gemm);
  for (int run = 0; run < runs; ++run) {
    const auto start = Clock::now();
    library(gemm);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

// Square matrices of ones.
class Trial {
 public:
  explicit Trial(int64_t n) : a_(n * n, 1), b_(n * n, 1), c_(n * n), n_(n) {}
  Gemm gemm() { return {true, n_, n_, n_, 1, a_.data(), n_, b_.data(), n_, 0, c_.data(), n_}; }

 private:
  std::vector<float> a_, b_, c_;
  int64_t n_;
};

// The choice must not hang on chance, as their sums differ in the last bits: BLAS has to be clearly
// faster, time and again.
constexpr double kClearly = 1.3;
constexpr int kRounds = 4;

static Multiply fastest() {
  if (blas_sgemm() == nullptr)
    return by_onednn;
  Trial trial(512);
  for (int round = 0; round < kRounds; ++round)
    if (best_time(by_onednn, trial.gemm(), 3) <= kClearly * best_time(by_blas, trial.gemm(), 3))
      return by_onednn;
  return by_blas;
}

static Multiply chosen() {
  static const Multiply library = fastest();
  return library;
}

void multiply(const Gemm& gemm) {
  chosen()(gemm);
}

std::string product_library() {
  return chosen() == by_onednn ? "oneDNN" : "BLAS";
}

double measure_gflops(int64_t n) {
  Trial trial(n);
  const auto size = static_cast<double>(n);
  return 2 * size * size * size / best_time(chosen(), trial.gemm(), 5) / 1e9;
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  Activation activation) {
  const at::Tensor in = x.contiguous();
  const bool by_columns = weight.stride(0) == 1 && weight.stride(1) >= weight.size(0);
  const at::Tensor w = by_columns ? weight : weight.contiguous();
  const int64_t tokens = in.size(0), width = w.size(0), depth = w.size(1);
  at::Tensor out = at::empty({tokens, width}, in.options());
  float* const values = out.data_ptr<float>();
  multiply_weights({!by_columns, tokens, width, depth, 1, in.data_ptr<float>(), depth,
                    w.data_ptr<float>(), by_columns ? w.stride(1) : depth, 0, values, width});
  const at::Tensor offset = bias.defined() ? bias.contiguous() : bias;
  add_bias_and_activate(values, tokens, width,
                        offset.defined() ? offset.data_ptr<float>() : nullptr, activation);
  return out;
}

} // namespace residua::kernel
