#include "engine/quant/block.hpp"

#include "engine/quant/pieces.hpp"
#include "engine/quant/range_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace residua {

namespace {

/// splitmix64 of Steele, Lea and Flood 2014: a good generator by position.
float uniform_at(uint64_t seed, uint64_t position) {
  uint64_t z = seed * 0x9E3779B97F4A7C15ULL + (position + 1) * 0xD1B54A32D192ED03ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  z ^= z >> 31;
  return static_cast<float>(z >> 40) * 0x1p-24F;
}

float power_of_two_scale(float most, const Grid& grid) {
  if (most == 0)
    return 0;
  const int exponent = std::ilogb(most) - std::ilogb(grid.highest());
  return std::ldexp(1.0F, std::clamp(exponent, -127, 127)); // what E8M0 holds
}

float e4m3_scale(float most, const Grid& grid, float tensor_scale) {
  float scale = tensor_scale * (most / grid.top());
  round_to_codes({&scale, 1}, {GridKind::fp8_e4m3, 8});
  return scale / tensor_scale;
}

/// Codes of up to kPiece values.
void to_codes(std::span<float> values, const BlockRules& rules, const Scale& scale,
              uint64_t offset) {
  if (rules.grid.kind == GridKind::asymmetric)
    for (float& value : values)
      value = value / scale.scale + scale.zero;
  else
    for (float& value : values)
      value = value / scale.scale;
  if (rules.rounding == Rounding::half_even)
    return round_to_codes(values, rules.grid);
  std::array<float, kPiece> uniform;
  for (std::size_t i = 0; i < values.size(); ++i)
    uniform[i] = uniform_at(rules.seed, offset + i);
  round_to_codes(values, rules.grid, {uniform.data(), values.size()});
}

/// The values beyond which an error is one of clipping: the border of the range, or half a step
/// past the last code where that comes first (block formats round their scales down).
Range edges(const Range& range, const Scale& scale, const Grid& grid) {
  const auto levels = grid.levels();
  const float half = (levels.back() - levels[levels.size() - 2]) / 2;
  const float low = (levels.front() - half - scale.zero) * scale.scale;
  const float high = (levels.back() + half - scale.zero) * scale.scale;
  if (scale.scale == 0)
    return range;
  const float slack = 1 + 1e-6F; // products round
  return {std::max(range.low, low * slack), std::min(range.high, high * slack)};
}

void account(std::span<const float> before, std::span<const float> after, const Range& range,
             ErrorSums& sums) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double x = before[i], error = x - after[i];
    const bool outside = before[i] < range.low || before[i] > range.high;
    sums.power += x * x;
    (outside ? sums.clipping_error : sums.rounding_error) += error * error;
    sums.clipped += outside ? 1 : 0;
  }
  sums.count += static_cast<double>(before.size());
}

} // namespace

void ErrorSums::add(const ErrorSums& other) {
  count += other.count;
  power += other.power;
  rounding_error += other.rounding_error;
  clipping_error += other.clipping_error;
  clipped += other.clipped;
}

Scale block_scale(const Range& range, const BlockRules& rules) {
  const Grid& grid = rules.grid;
  if (grid.kind == GridKind::asymmetric) {
    const float scale = (range.high - range.low) / (grid.highest() - grid.lowest());
    if (scale == 0)
      return {};
    float zero = grid.lowest() - range.low / scale;
    round_to_codes({&zero, 1}, grid);
    return {scale, zero};
  }
  if (rules.scale_format == ScaleFormat::power_of_two)
    return {power_of_two_scale(range.high, grid), 0};
  if (rules.scale_format == ScaleFormat::e4m3)
    return {e4m3_scale(range.high, grid, rules.tensor_scale), 0};
  return {range.high / grid.top(), 0};
}

void fake_quantize(std::span<float> values, const BlockRules& rules, const Scale& scale,
                   uint64_t offset) {
  if (scale.scale == 0)
    return std::fill(values.begin(), values.end(), 0.0F);
  for_each_piece(values.size(), [&](std::size_t, std::size_t from, std::size_t size) {
    const auto piece = values.subspan(from, size);
    to_codes(piece, rules, scale, offset + from);
    for (float& value : piece)
      value = (value - scale.zero) * scale.scale;
  });
}

Range block_range(std::span<const float> values, const BlockRules& rules) {
  return rules.clip.rule == ClipRule::mse ? search_range(values, rules)
                                          : clip_range(values, rules.clip, rules.grid);
}

void quantize_block(std::span<float> values, const BlockRules& rules, uint64_t offset,
                    ErrorSums* sums) {
  if (values.empty())
    return;
  const Range range = block_range(values, rules);
  const Scale scale = block_scale(range, rules);
  if (sums == nullptr)
    return fake_quantize(values, rules, scale, offset);
  const Range kept = edges(range, scale, rules.grid);
  std::vector<float> before;
  for (std::size_t from = 0; from < values.size(); from += kPiece) {
    const auto piece = values.subspan(from, std::min(kPiece, values.size() - from));
    before.assign(piece.begin(), piece.end());
    fake_quantize(piece, rules, scale, offset + from);
    account(before, piece, kept, *sums);
  }
}

} // namespace residua
