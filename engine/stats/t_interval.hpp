#pragma once
// Intervals and p values from Student's t distribution.

#include "engine/stats/bootstrap.hpp"

namespace residua::stats {

/// estimate -+ t * standard_error at `df` degrees of freedom; bounds are NaN where df <= 0.
Interval t_interval(double estimate, double standard_error, double df, double level);

/// Two-sided p of a t statistic: 0 for an infinite one, NaN for NaN or df <= 0.
double t_two_sided_p(double t, double df);

} // namespace residua::stats
