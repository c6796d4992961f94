#include "engine/kernel/logits.hpp"

#include "engine/interrupt.hpp"
#include "engine/kernel/precision.hpp"
#include "engine/kernel/vector_loops.hpp"

#include <algorithm>
#include <cmath>

namespace residua::kernel {

Head contiguous(const Head& head) {
  return {head.weight.contiguous(), head.bias.defined() ? head.bias.contiguous() : head.bias,
          head.softcap};
}

void make_logits(const Head& head, const float* hidden, int64_t tokens, Words words,
                 float* logits) {
  interrupt::poll();
  const int64_t width = head.weight.size(1);
  const float* weight = head.weight.data_ptr<float>() + words.first * width;
  multiply_weights(
      {true, tokens, words.count, width, 1, hidden, width, weight, width, 0, logits, words.count});
  if (head.bias.defined())
    add_bias_and_activate(logits, tokens, words.count, head.bias.data_ptr<float>() + words.first,
                          Activation::none);
  if (head.softcap > 0) {
#pragma omp parallel for schedule(static)
    for (int64_t token = 0; token < tokens; ++token)
      soft_cap(logits + token * words.count, words.count, static_cast<float>(head.softcap));
  }
}

double SeenLogits::add(const float* logits, Words words, int64_t target) {
  const float piece_top = maximum(logits, words.count);
  if (piece_top > top_)
    best_ = words.first + (std::find(logits, logits + words.count, piece_top) - logits);
  const float higher = top_ > piece_top ? top_ : piece_top; // NaN stays NaN
  const double shrink = std::exp(static_cast<double>(top_) - higher);
  sum_ = sum_ * shrink + sum_of_exponentials(logits, words.count, higher);
  top_ = higher;
  if (target >= words.first && target < words.first + words.count)
    target_ = logits[target - words.first];
  return shrink;
}

double SeenLogits::normalizer() const {
  return top_ + std::log(sum_);
}

} // namespace residua::kernel
