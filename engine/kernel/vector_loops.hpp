#pragma once
// Loops over the logits or scores of one token.

#include <cstdint>

namespace residua::kernel {

float maximum(const float* x, int64_t n);

/// Sum of e^(x - top).
float sum_of_exponentials(const float* x, int64_t n, float top);

/// Sum of e^(a - top) (a - b - offset).
float weighted_differences(const float* a, const float* b, int64_t n, float top, float offset);

/// x = c tanh(x / c).
void soft_cap(float* x, int64_t n, float c);

/// x = e^x / sum of e^x.
void softmax(float* x, int64_t n);

} // namespace residua::kernel
