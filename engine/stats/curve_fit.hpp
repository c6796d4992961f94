#pragma once
// Curves of any form fitted by least squares: Levenberg and Marquardt, with a numeric Jacobian.

#include "engine/stats/design.hpp"

#include <cstdint>
#include <functional>

namespace residua::stats {

/// Value of the curve at one row of x.
using Curve = std::function<double(std::span<const double> row, std::span<const double> params)>;

struct CurveOptions {
  double level = 0.95;
  std::span<const double> weights = {}; ///< of each point, up to a factor: 1 / variance
  int64_t evaluations = 10'000;         ///< of the curve at all points, at most
};

struct CurveParam {
  double estimate;
  double low; ///< NaN, as the next two, where there are as many points as params
  double high;
  double standard_error;
};

struct CurveFit {
  std::vector<CurveParam> params;
  RowMatrix covariance; ///< of the estimates: residual variance times (J'J)^-1
  double residual_sd;   ///< of a point of weight 1
  double r2;            ///< NaN for constant y
  int64_t n;
  int64_t degrees;     ///< of freedom left
  int64_t evaluations; ///< that were needed
  std::vector<double> residuals;
};

/// Minimises sum w (y - curve(x, params))^2 from `start`; intervals are the t ones of the linear
/// approximation at the optimum. A trial of params at which the curve is not finite is given up.
/// Throws Error where the curve is not finite at the start, where the fit does not converge, and
/// where the data do not determine a param.
CurveFit curve_fit(const Curve& curve, const Representation& x, std::span<const double> y,
                   std::span<const double> start, const CurveOptions& options = {});

} // namespace residua::stats
