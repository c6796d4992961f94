#include "engine/quant/range_search.hpp"

#include "engine/interrupt.hpp"
#include "engine/quant/pieces.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace residua {

namespace {

/// Sum of squared errors with this range, in squares of 1 / unit; by half-even rounding whatever
/// the rules say.
double squared_error(std::span<const float> values, const BlockRules& rules, const Range& range,
                     float unit) {
  const Scale scale = block_scale(range, rules);
  BlockRules nearest = rules;
  nearest.rounding = Rounding::half_even;
  std::array<float, kPiece> piece;
  double error = 0;
  for (std::size_t from = 0; from < values.size(); from += kPiece) {
    const auto source = values.subspan(from, std::min(kPiece, values.size() - from));
    std::copy(source.begin(), source.end(), piece.begin());
    fake_quantize({piece.data(), source.size()}, nearest, scale, 0);
    float sum = 0; // of at most kPiece terms
    for (std::size_t i = 0; i < source.size(); ++i) {
      const float moved = (piece[i] - source[i]) * unit;
      sum += moved * moved;
    }
    error += sum;
  }
  return error;
}

Range shrunk(const Range& whole, double share) {
  return {static_cast<float>(whole.low * share), static_cast<float>(whole.high * share)};
}

/// Tries ranges and keeps the one of the least squared error.
class Search {
 public:
  Search(std::span<const float> values, const BlockRules& rules, const Range& whole)
      : values_(values), rules_(rules), whole_(whole), best_(whole) {
    // A power of two that keeps the squares of large and small values within float32.
    const int exponent = std::ilogb(std::max(-whole.low, whole.high));
    unit_ = std::ldexp(1.0F, std::clamp(-exponent, -126, 126));
    least_ = squared_error(values, rules, whole, unit_);
  }

  /// Tries shares of both ends; returns the one that is now the best, or `otherwise`.
  double shares(const std::vector<double>& list, double otherwise) {
    std::vector<Range> ranges;
    for (const double share : list)
      ranges.push_back(shrunk(whole_, share));
    const std::size_t found = attempt(ranges);
    return found < list.size() ? list[found] : otherwise;
  }

  /// The position of the first range with the least error of all so far, or the size of the list.
  /// Threads share the ranges of a long block.
  std::size_t attempt(const std::vector<Range>& ranges) {
    std::vector<double> errors(ranges.size(), std::numeric_limits<double>::infinity());
    const auto size = static_cast<int64_t>(ranges.size());
    const int64_t grain = pieces_in(values_.size()) < kFewestPieces ? size : 1;
    at::parallel_for(0, size, grain, [&](int64_t begin, int64_t end) {
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
        if (ranges[i].low >= whole_.low && ranges[i].high <= whole_.high)
          errors[i] = squared_error(values_, rules_, ranges[i], unit_);
    });
    interrupt::poll();
    std::size_t found = ranges.size();
    for (std::size_t i = 0; i < ranges.size(); ++i)
      if (errors[i] < least_) {
        least_ = errors[i];
        best_ = ranges[i];
        found = i;
      }
    return found;
  }
  const Range& best() const { return best_; }

 private:
  std::span<const float> values_;
  const BlockRules& rules_;
  Range whole_, best_;
  float unit_ = 1;
  double least_ = 0;
};

/// Each end by itself, in steps of 1/32 up to a quarter either way: the tails of data differ.
void refine_ends(Search& search) {
  for (const bool lower : {true, false, true}) {
    std::vector<Range> ranges(17, search.best());
    for (int part = -8; part <= 8; ++part) {
      Range& range = ranges[static_cast<std::size_t>(part + 8)];
      (lower ? range.low : range.high) *= 1 + static_cast<float>(part) / 32;
    }
    search.attempt(ranges);
  }
}

} // namespace

Range search_range(std::span<const float> values, const BlockRules& rules) {
  const Range whole = full_range(values, rules.grid);
  if (whole.high - whole.low == 0)
    return whole;
  Search search(values, rules, whole);
  std::vector<double> coarse, fine;
  for (int part = 63; part >= 4; --part)
    coarse.push_back(part / 64.0);
  for (double share = 1.0 / 24; share > 1e-4; share /= 1.5)
    coarse.push_back(share);
  const double best = search.shares(coarse, 1), step = std::min(1.0 / 512, best / 24);
  for (int part = -7; part <= 7; ++part)
    if (part != 0 && best + part * step < 1)
      fine.push_back(best + part * step);
  search.shares(fine, best);
  if (rules.grid.kind == GridKind::asymmetric)
    refine_ends(search);
  return search.best();
}

} // namespace residua
