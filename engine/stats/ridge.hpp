#pragma once
// Ridge regression in closed form.

#include "engine/stats/design.hpp"

namespace residua::stats {

struct RidgeOptions {
  double penalty = 1;
  bool standardize = false; ///< penalise coefficients of predictors over their standard deviation
  std::span<const double> weights = {}; ///< of each item
};

struct RidgeFit {
  double intercept;
  std::vector<double> coefficients; ///< of the predictors as given
  double degrees;                   ///< effective ones of the coefficients: trace of the hat matrix
  double r2;                        ///< NaN for constant y
  /// As in OlsFit; exact for the penalty and, if standardised, the scales of the whole sample.
  double q2;
  std::vector<double> residuals;
};

/// Minimises sum w (y - intercept - x b)^2 + penalty |b|^2, scikit-learn's Ridge; the intercept is
/// not penalised. `penalty` > 0 has one solution for any predictors, more of them than items too.
RidgeFit ridge(std::span<const double> y, const Representation& x, Names names = {},
               const RidgeOptions& options = {});

} // namespace residua::stats
