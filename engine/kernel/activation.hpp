#pragma once
// The nonlinear part of an MLP, in place and together with what stands before it.

#include <cstdint>

namespace residua {

enum class Activation { gelu_tanh, gelu, silu, relu, none };

namespace kernel {

/// values [rows, width] = activation(values + bias); no bias: null.
void add_bias_and_activate(float* values, int64_t rows, int64_t width, const float* bias,
                           Activation activation);

} // namespace kernel
} // namespace residua
