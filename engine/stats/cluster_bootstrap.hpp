#pragma once
// Two-level bootstrap: clusters (languages), and units (sentences) inside them.

#include "engine/stats/bootstrap.hpp"

namespace residua::stats {

/// Observations drawn, cluster by cluster; a cluster that was drawn twice is there twice.
struct ClusterDraw {
  std::span<const int64_t> indices; ///< of observations, from 0
  std::span<const int64_t> starts;  ///< [clusters + 1] of each cluster in `indices`, and the end

  std::size_t clusters() const { return starts.size() - 1; }
  std::span<const int64_t> cluster(std::size_t k) const {
    return indices.subspan(static_cast<std::size_t>(starts[k]),
                           static_cast<std::size_t>(starts[k + 1] - starts[k]));
  }
};

using ClusterStatistic = std::function<double(const ClusterDraw& draw)>;

struct ClusterOptions {
  int64_t resamples = 2000;
  uint64_t seed = 1;
  bool resample_clusters = true; ///< false where the clusters are all there are, not a sample
  bool resample_units = true;
  bool paired = false; ///< the units drawn are the same in every cluster, as sentences in languages
};

/// The statistic of each resample. `clusters` labels the cluster of each observation, `units` its
/// unit, which may be empty unless `paired`; a cluster may lack units, and draws of a paired unit
/// that it lacks leave it with fewer observations.
std::vector<double> cluster_resample(std::span<const int64_t> clusters,
                                     std::span<const int64_t> units,
                                     const ClusterStatistic& statistic,
                                     const ClusterOptions& options = {});

/// Observations of each cluster, clusters in the order of their labels.
std::vector<std::vector<int64_t>> group_by_label(std::span<const int64_t> labels);

/// Mean over the draw's clusters of the mean of `values` in each; clusters without an observation
/// do not count.
double mean_of_cluster_means(std::span<const double> values, const ClusterDraw& draw);

} // namespace residua::stats
