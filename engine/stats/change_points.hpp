#pragma once
// Does a curve change somewhere: a line, a line that bends once, and a logistic step, compared.

#include "engine/stats/bootstrap.hpp"

#include <cstdint>

namespace residua::stats {

struct ChangeOptions {
  double level = 0.95;
  int64_t resamples = 999;
  uint64_t seed = 1;
};

struct LineModel {
  double intercept;
  double slope;
  double squares; ///< residual sum
  double bic;
};

/// A continuous line with one bend.
struct TwoSegmentModel {
  Interval location; ///< of the bend
  double value;      ///< y there
  double slope_before;
  double slope_after;
  double squares;
  double bic;
  double p; ///< of a line
};

/// before + (after - before) / (1 + exp(-(x - location) / width)).
struct StepModel {
  Interval location;
  double width;
  double before;
  double after;
  double squares;
  double bic;
  double p; ///< of a line
};

enum class ChangeModel { line, two_segment, logistic };

struct ChangePoints {
  int64_t n; ///< distinct x
  LineModel line;
  TwoSegmentModel two_segment;
  StepModel logistic;
  ChangeModel best; ///< by the least BIC; the simpler where equal
};

/// Fits the three models by least squares to at least 6 distinct x; points of equal x count as one,
/// at their mean y. BIC = n ln(squares / n) + k ln n with k = 3, 5 and 5 (the residual variance is
/// one), where n is the number of distinct x. p is the share, (1 + #) / (1 + resamples), of curves
/// simulated from the line with its residual variance for which the model lowers the squares at
/// least as much; intervals of locations are quantiles of refits to curves simulated from the
/// model. Both take residuals to be independent and normal.
ChangePoints change_points(std::span<const double> x, std::span<const double> y,
                           const ChangeOptions& options = {});

} // namespace residua::stats
