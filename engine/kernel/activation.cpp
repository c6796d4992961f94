#include "engine/kernel/activation.hpp"

#include "engine/kernel/vector_math.hpp"

namespace residua::kernel {

RESIDUA_VECTOR static void add(float* x, const float* bias, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    x[i] += bias[i];
}

// x times the logistic function is 0.5 x (1 + tanh(...)) of half the argument.
RESIDUA_VECTOR static void gelu_tanh(float* x, int64_t n) {
  constexpr float kTwoRootTwoOverPi = 1.59576912160573f;
  for (int64_t i = 0; i < n; ++i)
    x[i] = x[i] * sigmoid(kTwoRootTwoOverPi * (x[i] + 0.044715f * x[i] * x[i] * x[i]));
}

RESIDUA_VECTOR static void gelu(float* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float tail = normal_tail(x[i]);
    x[i] = x[i] * (x[i] < 0 ? tail : 1.f - tail);
  }
}

RESIDUA_VECTOR static void silu(float* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    x[i] = x[i] * sigmoid(x[i]);
}

RESIDUA_VECTOR static void relu(float* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    x[i] = most(0.f, x[i]); // in this order NaN stays NaN
}

static void activate(float* x, int64_t n, Activation activation) {
  switch (activation) {
    case Activation::none:
      return;
    case Activation::gelu_tanh:
      return gelu_tanh(x, n);
    case Activation::gelu:
      return gelu(x, n);
    case Activation::silu:
      return silu(x, n);
    case Activation::relu:
      return relu(x, n);
  }
}

void add_bias_and_activate(float* values, int64_t rows, int64_t width, const float* bias,
                           Activation activation) {
  if (bias == nullptr && activation == Activation::none)
    return;
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; ++row) {
    float* x = values + row * width;
    if (bias != nullptr)
      add(x, bias, width);
    activate(x, width, activation);
  }
}

} // namespace residua::kernel
