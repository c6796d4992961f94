#include "engine/quant/clip.hpp"

#include "engine/error.hpp"
#include "engine/quant/aciq.hpp"
#include "engine/quant/pieces.hpp"
#include "engine/stats/moments.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <vector>

namespace residua {

const std::string_view kClipNames[9] = {"absmax", "percentile",    "fixed",
                                        "mse",    "aciq_gauss",    "aciq_laplace",
                                        "aciq",   "kurtosis_rule", "absmean"};

namespace {

/// The value at `percent` of the sorted magnitudes, interpolated as NumPy does; sorts nothing else.
float magnitude_percentile(std::span<const float> values, double percent) {
  std::vector<float> magnitudes(values.size());
  std::transform(values.begin(), values.end(), magnitudes.begin(),
                 [](float v) { return std::abs(v); });
  const double position = percent / 100 * static_cast<double>(values.size() - 1);
  const auto lower = magnitudes.begin() + static_cast<std::ptrdiff_t>(position);
  std::nth_element(magnitudes.begin(), lower, magnitudes.end());
  const double share = position - std::floor(position);
  if (share == 0 || lower + 1 == magnitudes.end())
    return *lower;
  const float next = *std::min_element(lower + 1, magnitudes.end());
  return static_cast<float>(*lower + share * (next - *lower));
}

double mean_magnitude(std::span<const float> values, double centre) {
  double sum = 0;
  for (const float value : values)
    sum += std::abs(value - centre);
  return sum / static_cast<double>(values.size());
}

/// Log-likelihoods per value at the optimum: Gauss -ln std - ln sqrt(2 pi e), Laplace -ln(2 e b).
bool laplace_fits_better(double std, double deviation) {
  return std::log(2 * deviation) + 1 <
         std::log(std) + std::log(2 * std::numbers::pi * std::numbers::e) / 2;
}

/// Std and mean absolute deviation of the law that the block is taken for: about the mean where the
/// range may move; about 0 on symmetric grids; one-sided, of the law that ReLU cut, which has its
/// values above 0 as one half.
struct Spread {
  double std, deviation;
};

Spread spread_of(std::span<const float> values, const Clip& clip, const Grid& grid,
                 const stats::Moments& moments) {
  if (grid.kind == GridKind::asymmetric && !clip.one_sided)
    return {std::sqrt(moments.m2 / moments.n), mean_magnitude(values, moments.mean)};
  double count = 0, square = 0, magnitude = 0;
  for (const double value : values) {
    count += !clip.one_sided || value > 0 ? 1 : 0;
    square += value * value;
    magnitude += std::abs(value);
  }
  return {std::sqrt(square / std::max(1.0, count)), magnitude / std::max(1.0, count)};
}

double aciq_threshold(const Clip& clip, const Grid& grid, const Spread& spread) {
  const double bits = grid.code_bits() + (clip.one_sided ? 1 : 0);
  if (clip.rule == ClipRule::aciq_gauss)
    return spread.std * aciq_optimum(Law::gauss, bits);
  const bool laplace =
      clip.rule == ClipRule::aciq_laplace || laplace_fits_better(spread.std, spread.deviation);
  return laplace ? spread.deviation * aciq_optimum(Law::laplace, bits)
                 : spread.std * aciq_optimum(Law::gauss, bits);
}

/// The threshold of a law, about the centre that `spread_of` has.
double law_threshold(std::span<const float> values, const Clip& clip, const Grid& grid,
                     const stats::Moments& moments) {
  const Spread spread = spread_of(values, clip, grid, moments);
  if (clip.rule != ClipRule::kurtosis_rule)
    return aciq_threshold(clip, grid, spread);
  const double kurtosis = std::max(0.0, moments.kurtosis()); // below a Gaussian's counts as 0
  return spread.std * (2.5 + 0.3 * std::log1p(kurtosis));
}

/// Least and greatest of the values and 0; both NaN where one is NaN or infinite.
Range piece_span(std::span<const float> values) {
  float low = 0, high = 0, sum = 0;
  for (const float value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
    sum += value * 0; // NaN for NaN and infinity, else 0
  }
  return {low + sum, high + sum};
}

/// The same of a block of any length.
Range span_of(std::span<const float> values) {
  if (values.size() <= kPiece)
    return piece_span(values);
  std::vector<Range> spans(pieces_in(values.size()));
  for_each_piece(values.size(), [&](std::size_t piece, std::size_t from, std::size_t size) {
    spans[piece] = piece_span(values.subspan(from, size));
  });
  Range whole;
  for (const Range& span : spans) {
    if (std::isnan(span.low))
      return span;
    whole = {std::min(whole.low, span.low), std::max(whole.high, span.high)};
  }
  return whole;
}

Range around(double centre, double threshold, const Range& whole) {
  return {std::max(whole.low, static_cast<float>(std::min(0.0, centre - threshold))),
          std::min(whole.high, static_cast<float>(std::max(0.0, centre + threshold)))};
}

} // namespace

/// The shortest text that reads back as the same number.
static std::string shortest(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string Clip::describe() const {
  std::string text = cat("clip ", kClipNames[static_cast<int>(rule)]);
  if (rule == ClipRule::percentile || rule == ClipRule::fixed)
    text += " " + shortest(value);
  return one_sided ? text + " one-sided" : text;
}

void check(const Clip& clip, const Grid& grid) {
  if (clip.rule == ClipRule::percentile && !(clip.value > 50 && clip.value <= 100))
    throw Error(cat("clip percentile = ", clip.value), "use more than 50, at most 100");
  if (clip.rule == ClipRule::fixed && !(clip.value > 0 && std::isfinite(clip.value)))
    throw Error(cat("clip fixed = ", clip.value), "use a threshold above 0");
  if (clip.one_sided && grid.kind != GridKind::asymmetric)
    throw Error(cat("a one-sided clip on the grid ", grid.name()), "use an asymmetric grid");
}

Range full_range(std::span<const float> values, const Grid& grid) {
  const Range span = span_of(values);
  if (std::isnan(span.low))
    throw Error("NaN or infinite values cannot be quantized", "find out where they come from");
  if (grid.kind == GridKind::asymmetric)
    return span;
  const float most = std::max(-span.low, span.high);
  return {-most, most};
}

Range clip_range(std::span<const float> values, const Clip& clip, const Grid& grid) {
  const Range whole = full_range(values, grid);
  if (clip.rule == ClipRule::fixed)
    return {clip.one_sided ? 0 : static_cast<float>(-clip.value), static_cast<float>(clip.value)};
  if (clip.rule == ClipRule::absmax || whole.high - whole.low == 0)
    return whole;
  double threshold = 0, centre = 0;
  if (clip.rule == ClipRule::percentile) {
    threshold = magnitude_percentile(values, clip.value);
  } else if (clip.rule == ClipRule::absmean) {
    threshold = mean_magnitude(values, 0);
  } else {
    stats::Moments moments;
    moments.add(values);
    threshold = law_threshold(values, clip, grid, moments);
    centre = grid.kind == GridKind::asymmetric && !clip.one_sided ? moments.mean : 0;
  }
  const Range range = around(centre, threshold, whole);
  return range.high - range.low == 0 ? whole : range; // most values are 0: keep the others
}

} // namespace residua
