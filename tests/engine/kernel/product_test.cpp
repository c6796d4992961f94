// Products with bias and activation, against float64 of libtorch.

#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/kernel/precision.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <cmath>

using namespace residua;

static at::Tensor reference(Activation activation, const at::Tensor& x) {
  switch (activation) {
    case Activation::gelu_tanh:
      return 0.5 * x * (1 + at::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x.pow(3))));
    case Activation::gelu:
      return 0.5 * x * (1 + at::erf(x / std::sqrt(2.0)));
    case Activation::silu:
      return x / (1 + at::exp(-x));
    case Activation::relu:
      return at::relu(x);
    case Activation::none:
      return x;
  }
  return {};
}

static double distance(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

constexpr Activation kAll[] = {Activation::gelu_tanh, Activation::gelu, Activation::silu,
                               Activation::relu, Activation::none};

TEST_CASE("a linear layer equals its float64 form", "[kernel]") {
  at::manual_seed(3);
  // One row, odd sizes, more rows than go at once.
  const struct { int64_t tokens, in, out; } shapes[] = {{1, 1, 1}, {3, 17, 5}, {2000, 40, 901}};
  for (const auto& shape : shapes) {
    const at::Tensor x = at::randn({shape.tokens, shape.in});
    const at::Tensor w = at::randn({shape.out, shape.in}) / std::sqrt(shape.in);
    const at::Tensor bias = at::randn({shape.out});
    for (const Activation activation : kAll) {
      const at::Tensor exact = at::matmul(x.to(at::kDouble), w.to(at::kDouble).t());
      const at::Tensor with_bias = reference(activation, exact + bias.to(at::kDouble));
      CHECK(distance(kernel::linear(x, w, bias, activation), with_bias) < 4e-6);
      CHECK(distance(kernel::linear(x, w, {}, activation), reference(activation, exact)) < 4e-6);
      // GPT-2 stores its weights by columns.
      const at::Tensor by_columns = w.t().contiguous().t();
      CHECK(distance(kernel::linear(x, by_columns, bias, activation), with_bias) < 4e-6);
    }
  }
}

TEST_CASE("activations hold at their ends, and NaN stays NaN", "[kernel]") {
  const at::Tensor ends = at::tensor({-1e4f, -88.f, -20.f, -1e-6f, 0.f, 1e-6f, 20.f, 88.f, 1e4f});
  const at::Tensor x = ends.view({-1, 1}), one = at::ones({1, 1});
  for (const Activation activation : kAll) {
    const at::Tensor y = kernel::linear(x, one, {}, activation);
    CHECK(distance(y, reference(activation, x.to(at::kDouble))) < 1e-6);
    CHECK(std::isnan(kernel::linear(at::full({1, 1}, NAN), one, {}, activation).item<float>()));
  }
}

TEST_CASE("kernels take float32 on the CPU without gradients", "[kernel]") {
  CHECK_FALSE(kernel::usable(at::zeros({2}))); // a bias may want its gradient though x does not
  const at::NoGradGuard no_grad;
  CHECK(kernel::usable(at::zeros({2})));
  CHECK_FALSE(kernel::usable(at::zeros({2}, at::kDouble)));
}

TEST_CASE("the library of products has a name and a speed", "[kernel]") {
  const std::string library = kernel::product_library();
  CHECK((library == "oneDNN" || library == "BLAS"));
  CHECK(kernel::measure_gflops(64) > 0);
}

TEST_CASE("products in bfloat16 are those of rounded factors", "[kernel]") {
  at::manual_seed(11);
  const at::Tensor x = at::randn({70, 48}), w = at::randn({33, 48}), bias = at::randn({33});
  const auto rounded = [](const at::Tensor& t) { return t.to(at::kBFloat16).to(at::kDouble); };
  const at::Tensor exact = at::matmul(rounded(x), rounded(w).t()) + bias.to(at::kDouble);
  try {
    const kernel::PrecisionScope scope(kernel::Precision::bfloat16);
    CHECK(kernel::precision() == kernel::Precision::bfloat16);
    CHECK(distance(kernel::linear(x, w, bias), exact) < 2e-5);
    CHECK(distance(kernel::linear(x, w.t().contiguous().t(), bias), exact) < 2e-5);
  } catch (const Error& error) {
    WARN("skipped: " << error.what()); // a processor without bfloat16
  }
  CHECK(kernel::precision() == kernel::Precision::float32);
  CHECK(distance(kernel::linear(x, w, bias), exact) > 1e-3);
}
