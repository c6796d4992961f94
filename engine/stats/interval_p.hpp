#pragma once
// p values from intervals, for effects whose resamples gave no test of their own.

#include "engine/stats/bootstrap.hpp"

namespace residua::stats {

/// Two-sided p of "the true value is `border`", from how far the border lies from the estimate, in
/// half-widths of the interval on that side (Altman and Bland 2011, BMJ 343:d2304, with unequal
/// sides): below 1 - level exactly where the interval leaves the border out. At least 0.001, since
/// a bootstrap of 1000 to 2000 draws resolves no less. NaN without an interval. Beyond the interval
/// it falls as Student's t of `units` - 1 degrees of freedom does, as a normal where units are
/// unknown (below 2).
double interval_p(const Interval& interval, double border, int64_t units = 0);

} // namespace residua::stats
