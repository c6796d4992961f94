#include "engine/stats/histogram.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/finite.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace residua::stats {
namespace {

constexpr int64_t kMostBins = 10'000'000;
constexpr std::size_t kPiece = 1 << 16; // values between two polls

std::size_t checked_bins(double low, double high, int64_t bins) {
  if (!(low < high && std::isfinite(high - low) && std::isfinite(low)))
    throw Error(cat("Histogram: low is ", low, ", high is ", high),
                "choose finite borders, low less than high");
  if (bins < 1 || bins > kMostBins)
    throw Error(cat("Histogram: ", bins, " bins"), cat("choose 1 to ", kMostBins));
  const double resolution =
      8 * std::numeric_limits<double>::epsilon() * std::max(std::abs(low), std::abs(high));
  if (!((high - low) / static_cast<double>(bins) > resolution)) // edges would coincide
    throw Error(cat("Histogram: ", bins, " bins from ", low, " to ", high, " are too narrow"),
                "choose fewer bins or a wider range");
  return static_cast<std::size_t>(bins);
}

} // namespace

Histogram::Histogram(double low, double high, int64_t bins)
    : low_(low), high_(high), counts_(checked_bins(low, high, bins)) {
  step_ = (high - low) / static_cast<double>(bins);
}

double Histogram::edge(std::size_t i) const {
  return i == counts_.size() ? high_ : static_cast<double>(i) * step_ + low_;
}

/// The count that the value belongs to. The division may round across an edge; edges decide.
double& Histogram::slot(double value) {
  if (value < low_ || value > high_)
    return value < low_ ? under_ : over_;
  const std::size_t last = counts_.size() - 1;
  auto bin = std::min(static_cast<std::size_t>((value - low_) / step_), last);
  while (bin > 0 && value < edge(bin))
    --bin;
  while (bin < last && value >= edge(bin + 1))
    ++bin;
  return counts_[bin];
}

/// A piece is counted whole or not at all.
template <class Value> void Histogram::add_values(std::span<const Value> values) {
  require_all_finite(values, "Histogram");
  for (std::size_t from = 0; from < values.size(); from += kPiece) {
    for (const double value : values.subspan(from, std::min(kPiece, values.size() - from)))
      slot(value) += 1;
    interrupt::poll();
  }
}

void Histogram::add(std::span<const double> values) {
  add_values(values);
}

void Histogram::add(std::span<const float> values) {
  add_values(values);
}

void Histogram::add(std::span<const double> values, std::span<const double> weights) {
  require_all_finite(values, "Histogram");
  require_weights(weights, values.size(), "Histogram");
  for (std::size_t i = 0; i < values.size(); ++i)
    slot(values[i]) += weights[i];
}

void Histogram::add(double value, double weight) {
  add(std::span<const double>(&value, 1), std::span<const double>(&weight, 1));
}

void Histogram::merge(const Histogram& other) {
  if (low_ != other.low_ || high_ != other.high_ || counts_.size() != other.counts_.size())
    throw Error(cat("Histogram: merge of ", counts_.size(), " bins from ", low_, " to ", high_,
                    " with ", other.counts_.size(), " bins from ", other.low_, " to ", other.high_),
                "build both over the same bins");
  for (std::size_t i = 0; i < counts_.size(); ++i)
    counts_[i] += other.counts_[i];
  under_ += other.under_;
  over_ += other.over_;
}

double Histogram::count() const {
  double sum = under_ + over_;
  for (const double one : counts_)
    sum += one;
  return sum;
}

std::vector<double> Histogram::edges() const {
  std::vector<double> result(counts_.size() + 1);
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = edge(i);
  return result;
}

std::vector<double> Histogram::density() const {
  const double total = count();
  if (total == 0)
    throw Error("Histogram: density of no values", "add some first");
  std::vector<double> result(counts_.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = counts_[i] / total / (edge(i + 1) - edge(i));
  return result;
}

} // namespace residua::stats
