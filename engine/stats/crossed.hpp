#pragma once
// The mean of values that clusters (languages) and units (sentences) both shift.

#include "engine/stats/bootstrap.hpp"

namespace residua::stats {

/// An interval and the degrees of freedom that it rests on; NaN where there is none.
struct Crossed {
  Interval interval;
  double df;
};

/// Interval of the mean over clusters of the mean of each, where every unit occurs in many clusters
/// and both are samples. It lies between percentiles of a bootstrap that draws clusters and units;
/// how far out they lie, the variance and the degrees of freedom of two crossed random effects say
/// (Satterthwaite 1946), as the resamples alone vary too little where clusters or units are few and
/// too much where noise is all (Owen 2007, The pigeonhole bootstrap). Student's of fewer than
/// kFewestResampled - 1 degrees of freedom. Cells may be missing; where that makes units count very
/// unequally, those that count more are fewer, and the interval is wider but still covers too
/// rarely: 90 % where half of the clusters have a quarter of the units.
Crossed crossed_mean(std::span<const double> values, std::span<const int64_t> clusters,
                     std::span<const int64_t> units, const BootstrapOptions& options);

} // namespace residua::stats
