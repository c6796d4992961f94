#include "engine/stats/quantile_sketch.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/finite.hpp"

#include <algorithm>
#include <cmath>

namespace residua::stats {
namespace {

constexpr std::size_t kPiece = 1 << 16; // values between two polls

double checked_error(double error) {
  if (!(error >= 0.0001 && error <= 0.5))
    throw Error(cat("QuantileSketch: error is ", error), "choose one from 0.0001 to 0.5");
  return error;
}

/// Least and greatest magnitude of the values of one sign.
struct Magnitudes {
  double least = std::numeric_limits<double>::infinity();
  double greatest = 0;

  void see(double magnitude) {
    least = std::min(least, magnitude);
    greatest = std::max(greatest, magnitude);
  }
};

} // namespace

void SketchBins::cover(int64_t low, int64_t high) {
  if (weights.empty())
    first = low;
  if (low < first) {
    weights.insert(weights.begin(), static_cast<std::size_t>(first - low), 0.0);
    first = low;
  }
  const auto needed = static_cast<std::size_t>(high - first + 1);
  if (needed > weights.size())
    weights.resize(needed);
}

void SketchBins::merge(const SketchBins& other) {
  if (other.weights.empty())
    return;
  cover(other.first, other.first + static_cast<int64_t>(other.weights.size()) - 1);
  const auto offset = static_cast<std::size_t>(other.first - first);
  for (std::size_t i = 0; i < other.weights.size(); ++i)
    weights[offset + i] += other.weights[i];
}

QuantileSketch::QuantileSketch(double error)
    : error_(checked_error(error)), log_gamma_(std::log1p(error) - std::log1p(-error)) {}

int64_t QuantileSketch::bin_of(double magnitude) const {
  return static_cast<int64_t>(std::ceil(std::log(magnitude) / log_gamma_));
}

/// The value whose relative distance from both ends of the bin is the same: 2 gamma^i / (gamma +
/// 1).
double QuantileSketch::middle_of(int64_t bin) const {
  return std::exp(static_cast<double>(bin) * log_gamma_ + std::log1p(-error_));
}

void QuantileSketch::put(double value, double weight) {
  if (value == 0) {
    zero_ += weight;
    return;
  }
  SketchBins& bins = value > 0 ? positive_ : negative_;
  bins.weights[static_cast<std::size_t>(bin_of(std::abs(value)) - bins.first)] += weight;
}

/// Makes room for all values at once, and takes their extremes.
template <class Value> void QuantileSketch::cover(std::span<const Value> values) {
  Magnitudes above, below;
  for (const double value : values) {
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    if (value != 0)
      (value > 0 ? above : below).see(std::abs(value));
  }
  if (above.greatest > 0)
    positive_.cover(bin_of(above.least), bin_of(above.greatest));
  if (below.greatest > 0)
    negative_.cover(bin_of(below.least), bin_of(below.greatest));
}

/// Piece by piece: a piece is counted whole or not at all.
template <class Value> void QuantileSketch::add_values(std::span<const Value> values) {
  require_all_finite(values, "QuantileSketch");
  for (std::size_t from = 0; from < values.size(); from += kPiece) {
    const auto piece = values.subspan(from, std::min(kPiece, values.size() - from));
    cover(piece);
    for (const double value : piece)
      put(value, 1);
    count_ += static_cast<double>(piece.size());
    interrupt::poll();
  }
}

void QuantileSketch::add(std::span<const double> values) {
  add_values(values);
}

void QuantileSketch::add(std::span<const float> values) {
  add_values(values);
}

void QuantileSketch::add(std::span<const double> values, std::span<const double> weights) {
  require_all_finite(values, "QuantileSketch");
  require_weights(weights, values.size(), "QuantileSketch");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (weights[i] == 0)
      continue; // not seen: it would count among the extremes
    cover(values.subspan(i, 1));
    put(values[i], weights[i]);
    count_ += weights[i];
  }
}

void QuantileSketch::add(double value, double weight) {
  add(std::span<const double>(&value, 1), std::span<const double>(&weight, 1));
}

void QuantileSketch::merge(const QuantileSketch& other) {
  if (error_ != other.error_)
    throw Error(cat("QuantileSketch: merge of errors ", error_, " and ", other.error_),
                "build both with the same error");
  positive_.merge(other.positive_);
  negative_.merge(other.negative_);
  zero_ += other.zero_;
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void QuantileSketch::require_some(const char* asked) const {
  if (count_ == 0)
    throw Error(cat("QuantileSketch: ", asked, " of no values"), "add some first");
}

/// Walks the bins from the least value up until their weights reach the target.
double QuantileSketch::value_at(double target) const {
  double seen = 0;
  for (std::size_t i = negative_.weights.size(); i-- > 0;)
    if ((seen += negative_.weights[i]) >= target)
      return -middle_of(negative_.first + static_cast<int64_t>(i));
  if ((seen += zero_) >= target)
    return 0;
  for (std::size_t i = 0; i < positive_.weights.size(); ++i)
    if ((seen += positive_.weights[i]) >= target)
      return middle_of(positive_.first + static_cast<int64_t>(i));
  return max_; // sums of fractional weights may round below the target
}

double QuantileSketch::quantile(double q) const {
  require_some("quantile");
  if (!(q >= 0 && q <= 1))
    throw Error(cat("QuantileSketch: q is ", q), "choose one from 0 to 1");
  if (q == 0 || q == 1)
    return q == 0 ? min_ : max_;
  return std::clamp(value_at(q * count_), min_, max_);
}

double QuantileSketch::rank(double value) const {
  if (std::isnan(value))
    throw Error("QuantileSketch: rank of NaN", "give a number");
  if (value < min_ || value >= max_)
    return value < min_ ? 0 : count_;
  double below = 0;
  const int64_t bin = value == 0 ? 0 : bin_of(std::abs(value));
  for (std::size_t i = 0; i < negative_.weights.size(); ++i)
    if (value >= 0 || negative_.first + static_cast<int64_t>(i) >= bin)
      below += negative_.weights[i];
  if (value >= 0)
    below += zero_;
  for (std::size_t i = 0; value > 0 && i < positive_.weights.size(); ++i)
    if (positive_.first + static_cast<int64_t>(i) <= bin)
      below += positive_.weights[i];
  return below;
}

double QuantileSketch::cdf(double value) const {
  require_some("cdf");
  return std::min(rank(value) / count_, 1.0);
}

double QuantileSketch::mean_deviation(double centre) const {
  require_some("mean deviation");
  double sum = zero_ * std::abs(centre);
  for (std::size_t i = 0; i < negative_.weights.size(); ++i)
    if (negative_.weights[i] > 0)
      sum += negative_.weights[i] *
             std::abs(-middle_of(negative_.first + static_cast<int64_t>(i)) - centre);
  for (std::size_t i = 0; i < positive_.weights.size(); ++i)
    if (positive_.weights[i] > 0)
      sum += positive_.weights[i] *
             std::abs(middle_of(positive_.first + static_cast<int64_t>(i)) - centre);
  return sum / count_;
}

} // namespace residua::stats
