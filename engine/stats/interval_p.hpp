#pragma once
// p values from intervals, for effects whose resamples gave no test of their own.

#include "engine/stats/bootstrap.hpp"

namespace residua::stats {

/// Two-sided p of "the true value is `border`", from how far the border lies from the estimate, in
/// half-widths of the interval on that side (Altman and Bland 2011, BMJ 343:d2304, with unequal
/// sides): below 1 - level exactly where the interval leaves the border out. At least 0.001, since
/// a bootstrap of 1000 to 2000 draws resolves no less. NaN without an interval.
double interval_p(const Interval& interval, double border);

} // namespace residua::stats
