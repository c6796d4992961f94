#include "engine/stats/cluster_bootstrap.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/random.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Draws observations by the rules of the options.
class Sampler {
 public:
  Sampler(std::span<const int64_t> clusters, std::span<const int64_t> units,
          const ClusterOptions& options)
      : options_(options), random_(options.seed), clusters_(group_by_label(clusters)) {
    if (!options.paired)
      return;
    const auto groups = group_by_label(units);
    unit_of_.resize(units.size());
    times_.resize(groups.size());
    for (std::size_t unit = 0; unit < groups.size(); ++unit)
      for (const int64_t observation : groups[unit])
        unit_of_[static_cast<std::size_t>(observation)] = unit;
  }

  ClusterDraw next() {
    begin();
    if (options_.resample_units && options_.paired)
      draw_units();
    for (std::size_t k = 0; k < clusters_.size(); ++k)
      append(clusters_[options_.resample_clusters ? random_.below(clusters_.size()) : k]);
    return {indices_, starts_};
  }

 private:
  void begin() {
    indices_.clear();
    starts_.assign(1, 0);
  }

  void end_cluster() { starts_.push_back(static_cast<int64_t>(indices_.size())); }

  /// How often each unit is drawn, for all clusters alike.
  void draw_units() {
    times_.assign(times_.size(), 0);
    for (std::size_t i = 0; i < times_.size(); ++i)
      ++times_[random_.below(times_.size())];
  }

  void append(const std::vector<int64_t>& cluster) {
    if (!options_.resample_units)
      return append_whole(cluster);
    for (const int64_t observation : cluster) {
      if (options_.paired)
        indices_.insert(indices_.end(), times_[unit_of_[static_cast<std::size_t>(observation)]],
                        observation);
      else
        indices_.push_back(cluster[random_.below(cluster.size())]);
    }
    end_cluster();
  }

  void append_whole(const std::vector<int64_t>& cluster) {
    indices_.insert(indices_.end(), cluster.begin(), cluster.end());
    end_cluster();
  }

  ClusterOptions options_;
  Random random_;
  std::vector<std::vector<int64_t>> clusters_;
  std::vector<std::size_t> unit_of_; // of each observation, where paired
  std::vector<std::size_t> times_;   // that each unit is drawn
  std::vector<int64_t> indices_;
  std::vector<int64_t> starts_;
};

void require_design(std::span<const int64_t> clusters, std::span<const int64_t> units,
                    const ClusterOptions& options) {
  const std::string where = "cluster_resample";
  require_at_least(1, clusters.size(), where + ": clusters");
  if (options.paired || !units.empty())
    require_same_size(units.size(), clusters.size(), where + ": units", "clusters");
  if (!options.resample_clusters && !options.resample_units)
    throw Error(where + ": neither clusters nor units are resampled",
                "set resample_clusters or resample_units");
  require_resamples(options.resamples, where);
}

} // namespace

std::vector<std::vector<int64_t>> group_by_label(std::span<const int64_t> labels) {
  std::map<int64_t, std::vector<int64_t>> groups;
  for (std::size_t i = 0; i < labels.size(); ++i)
    groups[labels[i]].push_back(static_cast<int64_t>(i));
  std::vector<std::vector<int64_t>> result;
  for (auto& [label, members] : groups)
    result.push_back(std::move(members));
  return result;
}

std::vector<double> cluster_resample(std::span<const int64_t> clusters,
                                     std::span<const int64_t> units,
                                     const ClusterStatistic& statistic,
                                     const ClusterOptions& options) {
  require_design(clusters, units, options);
  Sampler sampler(clusters, units, options);
  std::vector<double> values;
  for (int64_t i = 0; i < options.resamples; ++i) {
    interrupt::poll();
    values.push_back(statistic(sampler.next()));
  }
  return values;
}

double mean_of_cluster_means(std::span<const double> values, const ClusterDraw& draw) {
  double sum = 0, inhabited = 0;
  for (std::size_t k = 0; k < draw.clusters(); ++k) {
    const auto cluster = draw.cluster(k);
    if (cluster.empty())
      continue;
    double within = 0;
    for (const int64_t index : cluster)
      within += values[static_cast<std::size_t>(index)];
    sum += within / static_cast<double>(cluster.size());
    inhabited += 1;
  }
  return inhabited > 0 ? sum / inhabited : kNaN;
}

} // namespace residua::stats
