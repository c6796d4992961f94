#include "engine/model/pass.hpp"

#include <ATen/ATen.h>
#include <cmath>
#include <limits>

namespace residua {

static at::TensorOptions floats_on(const Packed& packed) {
  return at::TensorOptions().dtype(at::kFloat).device(packed.ids.device());
}

// 0 where a token may look, -inf after itself and `window` or more before (0: no limit).
static at::Tensor causal(const Packed& packed, int64_t window) {
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  const at::Tensor never = at::full({packed.longest, packed.longest}, kNever, floats_on(packed));
  const at::Tensor later = never.triu(1);
  return window > 0 ? later + never.tril(-window) : later;
}

// Slopes of ALiBi (Press et al. 2022): 2^(-8 i / n) for n heads, a power of two; the heads beyond
// the largest power of two take every other slope of twice as many.
static std::vector<float> alibi_slopes(int64_t heads) {
  int64_t power = 1;
  while (power * 2 <= heads)
    power *= 2;
  const auto slope = [](int64_t i, int64_t n) {
    return static_cast<float>(std::exp2(-8.0 * static_cast<double>(i) / static_cast<double>(n)));
  };
  std::vector<float> slopes;
  for (int64_t i = 1; i <= power; ++i)
    slopes.push_back(slope(i, power));
  for (int64_t i = 1; static_cast<int64_t>(slopes.size()) < heads; i += 2)
    slopes.push_back(slope(i, 2 * power));
  return slopes;
}

// [heads, 1, longest]: by the position of the key; a constant per query makes no difference.
static at::Tensor alibi(const Architecture& a, const Packed& packed) {
  const at::Tensor slopes = at::tensor(alibi_slopes(a.heads)).to(packed.ids.device());
  return slopes.view({-1, 1, 1}) * at::arange(packed.longest, floats_on(packed));
}

static at::Tensor frequencies(const Rope& rope, const Packed& packed) {
  return at::tensor(rope.frequencies, at::kDouble).to(floats_on(packed));
}

Pass::Pass(const Architecture& a, const Packed& packed) : architecture_(a), packed_(packed) {
  if (a.positions != Positions::rotary)
    return;
  const at::Tensor half = at::outer(packed.positions.to(at::kFloat), frequencies(a.rope, packed));
  const at::Tensor angles = at::cat({half, half}, 1).unsqueeze(1);
  cos_ = angles.cos() * a.rope.amplitude;
  sin_ = angles.sin() * a.rope.amplitude;
}

double score_scale(const Architecture& a) {
  return a.attn_scale > 0 ? a.attn_scale : 1 / std::sqrt(static_cast<double>(a.head_width));
}

const at::Tensor& Pass::mask(int layer) const {
  at::Tensor& mask = masks_[window(layer)];
  if (!mask.defined()) {
    mask = causal(packed_, window(layer));
    if (architecture_.positions == Positions::alibi)
      mask = mask + alibi(architecture_, packed_);
  }
  return mask;
}

kernel::AttentionRule Pass::rule(int layer) const {
  const Architecture& a = architecture_;
  return {score_scale(a), a.attn_softcap, window(layer),
          a.positions == Positions::alibi ? alibi_slopes(a.heads) : std::vector<float>{}};
}

int64_t Pass::window(int layer) const {
  const int64_t window = architecture_.window(layer);
  return window < packed_.longest ? window : 0;
}

at::Tensor Pass::rotate(const at::Tensor& heads) const {
  const int64_t turning = cos_.size(-1), rest = heads.size(-1) - turning;
  const at::Tensor x = rest == 0 ? heads : heads.narrow(-1, 0, turning);
  const auto halves = x.chunk(2, -1);
  const at::Tensor turned = x * cos_ + at::cat({-halves[1], halves[0]}, -1) * sin_;
  return rest == 0 ? turned : at::cat({turned, heads.narrow(-1, turning, rest)}, -1);
}

at::Tensor Pass::sinusoids() const {
  const int64_t half = architecture_.width / 2;
  const at::Tensor steps =
      at::arange(half, floats_on(packed_)) * (-std::log(10000.0) / static_cast<double>(half - 1));
  const at::Tensor positions = packed_.positions + architecture_.first_position;
  const at::Tensor angles = at::outer(positions.to(at::kFloat), steps.exp());
  const at::Tensor table = at::cat({angles.sin(), angles.cos()}, 1);
  return at::constant_pad_nd(table, {0, architecture_.width - 2 * half}); // an odd width ends in 0
}

} // namespace residua
