#pragma once
// Data as the distribution fits read them: sorted once, centred on the median and divided by the
// mean absolute deviation, so that no fit can overflow or lose digits to an offset.

#include "engine/interrupt.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <variant>
#include <vector>

namespace residua::stats {

/// Finite values in ascending order, not all equal. Float data stay float: one copy, nothing more.
class Sample {
 public:
  /// Throws Error for NaN or infinity, for fewer than 2 values, for equal values, and for a range
  /// beyond a double's. `where` opens the messages.
  Sample(std::span<const double> values, const char* where);
  Sample(std::span<const float> values, const char* where);

  std::size_t size() const;
  /// The i-th least value, i from 0.
  double value(std::size_t i) const;
  /// (value - center) / unit: median 0, mean absolute value 1.
  double z(std::size_t i) const { return (value(i) - center_) / unit_; }
  double center() const { return center_; } ///< median
  double unit() const { return unit_; }     ///< mean absolute deviation from the median
  /// Greatest share of the values that equal one another.
  double tied_share() const;
  /// At most `most` values, evenly spaced by rank, in the same center and unit: for first guesses.
  Sample thinned(std::size_t most) const;

  /// Sums N terms over all values: `terms(z, out)` adds those of one value to `out`. Compensated
  /// between short pieces, so that rounding does not grow with the size.
  template <std::size_t N, class Terms> std::array<double, N> sums(Terms terms) const;

 private:
  Sample() = default;
  void normalise(const char* where);

  std::variant<std::vector<double>, std::vector<float>> sorted_;
  double center_ = 0, unit_ = 1;
};

/// Running sum that keeps the low-order part which each addition drops (Neumaier 1974).
struct CompensatedSum {
  double high = 0, low = 0;

  void add(double term) {
    const double next = high + term;
    low += std::abs(high) >= std::abs(term) ? (high - next) + term : (term - next) + high;
    high = next;
  }
  double total() const { return high + low; }
};

template <std::size_t N, class Terms> std::array<double, N> Sample::sums(Terms terms) const {
  constexpr std::size_t kPiece = 1024; // short enough for plain summation
  std::array<CompensatedSum, N> totals;
  for (std::size_t from = 0; from < size(); from += kPiece) {
    std::array<double, N> piece{};
    std::visit(
        [&](const auto& sorted) {
          const std::size_t end = std::min(from + kPiece, sorted.size());
          for (std::size_t i = from; i < end; ++i)
            terms((sorted[i] - center_) / unit_, piece);
        },
        sorted_);
    for (std::size_t k = 0; k < N; ++k)
      totals[k].add(piece[k]);
    interrupt::poll();
  }
  std::array<double, N> result;
  for (std::size_t k = 0; k < N; ++k)
    result[k] = totals[k].total();
  return result;
}

} // namespace residua::stats
