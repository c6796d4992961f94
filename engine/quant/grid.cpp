#include "engine/quant/grid.hpp"

#include "engine/error.hpp"
#include "engine/kernel/vector_math.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace residua {

const std::string_view kGridNames[9] = {"symmetric", "full", "asymmetric", "fp8_e4m3", "fp8_e5m2",
                                        "fp4_e2m1",  "nf4",  "ternary",    "binary"};

namespace {

/// A float format: mantissa bits, exponent of its least normal number, greatest value.
struct FloatFormat {
  int mantissa;
  int least_exponent;
  float most;
};

FloatFormat format_of(GridKind kind) {
  switch (kind) {
    case GridKind::fp8_e4m3:
      return {3, -6, 448};
    case GridKind::fp8_e5m2:
      return {2, -14, 57344};
    default:
      return {1, 0, 6}; // fp4_e2m1
  }
}

bool is_float(GridKind kind) {
  return kind == GridKind::fp8_e4m3 || kind == GridKind::fp8_e5m2 || kind == GridKind::fp4_e2m1;
}

/// The levels of QLoRA, appendix E: quantiles of a unit normal, 8 below and 9 above, that share 0.
constexpr float kNf4[] = {-1.0F,
                          -0.6961928009986877F,
                          -0.5250730514526367F,
                          -0.39491748809814453F,
                          -0.28444138169288635F,
                          -0.18477343022823334F,
                          -0.09105003625154495F,
                          0.0F,
                          0.07958029955625534F,
                          0.16093020141124725F,
                          0.24611230194568634F,
                          0.33791524171829224F,
                          0.44070982933044434F,
                          0.5626170039176941F,
                          0.7229568362236023F,
                          1.0F};
constexpr float kTernary[] = {-1, 0, 1};
constexpr float kBinary[] = {-1, 1};

std::span<const float> table_of(GridKind kind) {
  if (kind == GridKind::nf4)
    return kNf4;
  return kind == GridKind::ternary ? std::span<const float>(kTernary)
                                   : std::span<const float>(kBinary);
}

/// Half to even for |x| < 2^22: adding 1.5 * 2^23 leaves no room for a fraction.
inline float round_half_even(float x) {
  constexpr float kShift = 12582912.0F;
  return (x + kShift) - kShift;
}

/// The distance between neighbours of the format around x.
inline float step_at(float x, const FloatFormat& format) {
  const int exponent = static_cast<int>((std::bit_cast<uint32_t>(x) >> 23) & 0xFF) - 127;
  const int power = std::max(exponent, format.least_exponent) - format.mantissa;
  return std::bit_cast<float>(static_cast<uint32_t>(power + 127) << 23);
}

RESIDUA_VECTOR void round_integers(float* values, std::size_t n, float low, float high) {
  for (std::size_t i = 0; i < n; ++i)
    values[i] = round_half_even(std::min(std::max(values[i], low), high));
}

void round_floats(std::span<float> values, const FloatFormat& format) {
  for (float& value : values) {
    const float inside = std::clamp(value, -format.most, format.most);
    const float step = step_at(inside, format);
    value = round_half_even(inside / step) * step;
  }
}

void round_to_table(std::span<float> values, std::span<const float> table) {
  for (float& value : values) {
    std::size_t at = 0;
    while (at + 1 < table.size() && value > (table[at] + table[at + 1]) / 2)
      ++at;
    value = table[at];
  }
}

/// The codes next to an inner value: the last one at or below it, the first above.
std::pair<float, float> neighbours(float value, const Grid& grid, const FloatFormat& format) {
  if (grid.is_integer())
    return {std::floor(value), std::floor(value) + 1};
  if (is_float(grid.kind)) {
    const float step = step_at(value, format), below = std::floor(value / step) * step;
    return {below, below + step};
  }
  const auto table = table_of(grid.kind);
  const auto above = std::upper_bound(table.begin(), table.end() - 1, value);
  return {*(above - 1), *above};
}

} // namespace

double Grid::code_bits() const {
  switch (kind) {
    case GridKind::fp8_e4m3:
    case GridKind::fp8_e5m2:
      return 8;
    case GridKind::fp4_e2m1:
    case GridKind::nf4:
      return 4;
    case GridKind::ternary:
      return std::log2(3.0);
    case GridKind::binary:
      return 1;
    default:
      return bits;
  }
}

float Grid::highest() const {
  if (is_integer())
    return static_cast<float>((1 << (bits - 1)) - 1);
  return is_float(kind) ? format_of(kind).most : 1;
}

float Grid::lowest() const {
  if (kind == GridKind::full || kind == GridKind::asymmetric)
    return static_cast<float>(-(1 << (bits - 1)));
  return -highest();
}

float Grid::top() const {
  return is_integer() ? (highest() - (kind == GridKind::symmetric ? -highest() : lowest())) / 2
                      : highest();
}

std::vector<float> Grid::levels() const {
  std::vector<float> list;
  if (is_integer()) {
    for (float level = lowest(); level <= highest(); ++level)
      list.push_back(level);
  } else if (is_float(kind)) {
    const FloatFormat format = format_of(kind);
    for (float level = -format.most; level <= format.most;) {
      list.push_back(level);
      // Towards 0 the step is that of the next smaller magnitude.
      const float step =
          level < 0 ? step_at(std::nextafter(level, 0.0F), format) : step_at(level, format);
      level += step;
    }
  } else {
    const auto table = table_of(kind);
    list.assign(table.begin(), table.end());
  }
  return list;
}

std::string Grid::name() const {
  const std::string kind_name(kGridNames[static_cast<int>(kind)]);
  if (!is_integer())
    return kind_name;
  return cat("int", bits, " ", kind == GridKind::full ? "symmetric, full range" : kind_name);
}

void check(const Grid& grid) {
  if (grid.is_integer() && (grid.bits < 2 || grid.bits > 8))
    throw Error(cat("bits = ", grid.bits), "use 2 to 8");
}

void round_to_codes(std::span<float> values, const Grid& grid) {
  if (grid.is_integer())
    round_integers(values.data(), values.size(), grid.lowest(), grid.highest());
  else if (is_float(grid.kind))
    round_floats(values, format_of(grid.kind));
  else
    round_to_table(values, table_of(grid.kind));
}

void round_to_codes(std::span<float> values, const Grid& grid, std::span<const float> uniform) {
  const FloatFormat format = format_of(grid.kind);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float inside = std::clamp(values[i], grid.lowest(), grid.highest());
    const auto [below, above] = neighbours(inside, grid, format);
    const float share = (inside - below) / (above - below);
    values[i] = uniform[i] < share ? above : below;
  }
}

} // namespace residua
