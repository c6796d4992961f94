// Attention without padding, against patterns of libtorch in float64.

#include "tests/support/catch.hpp"

#include "engine/kernel/attention.hpp"

#include <ATen/ATen.h>
#include <cmath>
#include <random>

using namespace residua;

// One text, with every score written out.
static at::Tensor one_text(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           const kernel::AttentionRule& rule) {
  const int64_t n = q.size(0), heads = q.size(1), repeats = heads / k.size(1);
  const auto by_head = [&](const at::Tensor& x, int64_t times) {
    return x.to(at::kDouble).transpose(0, 1).repeat_interleave(times, 0);
  };
  at::Tensor scores = at::matmul(by_head(q, 1), by_head(k, repeats).transpose(1, 2)) * rule.scale;
  if (rule.softcap > 0)
    scores = at::tanh(scores / rule.softcap) * rule.softcap;
  for (int64_t head = 0; head < static_cast<int64_t>(rule.slopes.size()); ++head)
    scores[head] += at::arange(n, at::kDouble) * static_cast<double>(rule.slopes[head]);
  const at::Tensor place = at::arange(n);
  at::Tensor hidden = place.view({1, n}) > place.view({n, 1});
  if (rule.window > 0)
    hidden = hidden.logical_or(place.view({1, n}) <= place.view({n, 1}) - rule.window);
  scores = scores.masked_fill(hidden, -INFINITY);
  return at::matmul(at::softmax(scores, -1), by_head(v, repeats)).transpose(0, 1).reshape({n, -1});
}

TEST_CASE("attention equals its patterns for all rules, lengths and layouts",
          "[kernel][property]") {
  at::manual_seed(5);
  std::mt19937 random(5);
  const std::vector<int64_t> lengths = {1, 2, 63, 64, 65, 7, 200, 1}; // around the block of queries
  std::vector<int64_t> starts;
  int64_t tokens = 0;
  for (const int64_t length : lengths) {
    starts.push_back(tokens);
    tokens += length;
  }
  for (int trial = 0; trial < 24; ++trial) {
    const int64_t kv = 1 + static_cast<int64_t>(random() % 2), heads = kv * (1 + trial % 3);
    const int64_t width = trial % 2 == 0 ? 8 : 5;
    kernel::AttentionRule rule;
    rule.scale = 1 / std::sqrt(static_cast<double>(width));
    rule.softcap = trial % 4 == 1 ? 2.0 : 0;
    rule.window = trial % 3 == 2 ? 1 + static_cast<int64_t>(random() % 70) : 0;
    for (int64_t head = 0; trial % 5 == 3 && head < heads; ++head)
      rule.slopes.push_back(0.5f / static_cast<float>(head + 1));
    // Views into one tensor, as a joint projection gives them.
    const at::Tensor joint = at::randn({tokens, heads + 2 * kv, width});
    const at::Tensor q = joint.narrow(1, 0, heads), k = joint.narrow(1, heads, kv);
    const at::Tensor v = joint.narrow(1, heads + kv, kv);
    const at::Tensor mixed = kernel::attention(q, k, v, starts, lengths, rule);
    for (std::size_t text = 0; text < lengths.size(); ++text) {
      const auto part = [&](const at::Tensor& x) {
        return x.narrow(0, starts[text], lengths[text]);
      };
      const at::Tensor exact = one_text(part(q), part(k), part(v), rule);
      CAPTURE(trial, text);
      CHECK((part(mixed).to(at::kDouble) - exact).abs().max().item<double>() < 3e-6);
    }
  }
}
