#pragma once
// Linear regression by least squares, with intervals from the t distribution.

#include "engine/stats/design.hpp"

#include <cstdint>

namespace residua::stats {

struct OlsOptions {
  double level = 0.95;
  bool intercept = true;
  std::span<const double> weights = {}; ///< of each item, up to a factor: 1 / variance
};

struct Coefficient {
  std::string name;
  double estimate;
  double low; ///< NaN, as the next three, where no degrees of freedom are left
  double high;
  double standard_error;
  double p; ///< two-sided, against 0
};

struct OlsFit {
  std::vector<Coefficient> coefficients; ///< "intercept" first, where there is one
  int64_t n;
  int64_t degrees;    ///< of freedom left: n less the coefficients
  double residual_sd; ///< of an item of weight 1
  double r2;          ///< NaN for constant y; without an intercept, of the squares about 0
  double adjusted_r2;
  /// 1 - PRESS / total sum of squares, with each item predicted by a fit to the others (from the
  /// hat matrix) and the total about the mean of all; NaN where an item cannot be left out.
  double q2;
  double level;
  std::vector<double> residuals; ///< y less the fit, not weighted
  std::vector<double> leverage;  ///< diagonal of the hat matrix
};

/// Fits y = intercept + x b by QR of the centred predictors. Throws Error that names a predictor
/// that is constant or a linear combination of those before it.
OlsFit ols(std::span<const double> y, const Representation& x, Names names = {},
           const OlsOptions& options = {});

} // namespace residua::stats
