#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/cluster_bootstrap.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;
using Labels = std::vector<int64_t>;

namespace {

/// A draw, copied: per cluster the observations in it.
using Copy = std::vector<Labels>;

/// Every resample.
std::vector<Copy> draws(const Labels& clusters, const Labels& units,
                        const ClusterOptions& options) {
  std::vector<Copy> result;
  cluster_resample(
      clusters, units,
      [&](const ClusterDraw& draw) {
        Copy copy;
        for (std::size_t k = 0; k < draw.clusters(); ++k)
          copy.emplace_back(draw.cluster(k).begin(), draw.cluster(k).end());
        result.push_back(copy);
        return 0.0;
      },
      options);
  return result;
}

ClusterOptions options_of(bool clusters, bool units, bool paired) {
  ClusterOptions options;
  options.resamples = 300;
  options.resample_clusters = clusters;
  options.resample_units = units;
  options.paired = paired;
  return options;
}

// three languages; the third lacks sentence 12
const Labels kClusters{7, 7, 7, 2, 2, 2, 9, 9};
const Labels kUnits{10, 11, 12, 10, 11, 12, 10, 11};

} // namespace

TEST_CASE("observations are grouped by label in order", "[stats]") {
  CHECK(group_by_label(kClusters) == Copy{{3, 4, 5}, {0, 1, 2}, {6, 7}});
  CHECK(group_by_label({}).empty());
}

TEST_CASE("paired units are the same in every cluster", "[stats]") {
  for (const Copy& draw : draws(kClusters, kUnits, options_of(true, true, true))) {
    REQUIRE(draw.size() == 3);
    std::set<std::map<int64_t, int64_t>>
        seen; // times of sentences 10 and 11, which all languages have
    for (const Labels& cluster : draw) {
      std::map<int64_t, int64_t> times{{10, 0}, {11, 0}};
      std::set<int64_t> languages;
      for (const int64_t index : cluster) {
        languages.insert(kClusters[static_cast<std::size_t>(index)]);
        if (kUnits[static_cast<std::size_t>(index)] != 12)
          ++times[kUnits[static_cast<std::size_t>(index)]];
      }
      REQUIRE(languages.size() <= 1);
      seen.insert(times);
    }
    REQUIRE(seen.size() == 1);
  }
}

TEST_CASE("unpaired units are drawn inside each cluster", "[stats]") {
  bool differ = false;
  const auto all = draws(kClusters, {}, options_of(false, true, false));
  for (const Copy& draw : all) {
    REQUIRE(draw[0].size() == 3);
    REQUIRE(draw[2].size() == 2);
    for (std::size_t k = 0; k < 3; ++k)
      for (const int64_t index : draw[k])
        REQUIRE(kClusters[static_cast<std::size_t>(index)] == (Labels{2, 7, 9})[k]);
    differ = differ || draw[0] != all[0][0];
  }
  CHECK(differ);
}

TEST_CASE("clusters alone are drawn whole", "[stats]") {
  const std::set<Labels> whole{{3, 4, 5}, {0, 1, 2}, {6, 7}};
  std::set<Labels> first;
  for (const Copy& draw : draws(kClusters, {}, options_of(true, false, false))) {
    for (const Labels& cluster : draw)
      REQUIRE(whole.contains(cluster));
    first.insert(draw[0]);
  }
  CHECK(first == whole);
}

TEST_CASE("clusters count alike in the mean of their means", "[stats]") {
  const Values values{1, 2, 3, 10, 20};
  const Labels indices{0, 1, 2, 3, 4}, starts{0, 3, 3, 5};
  CHECK(mean_of_cluster_means(values, {indices, starts}) ==
        8.5); // of 2 and 15; the empty one does not count
  const Labels none{0, 0};
  CHECK(std::isnan(mean_of_cluster_means(values, {{}, none})));
}

TEST_CASE("two levels hold the mean where one level is blind to the languages", "[stats]") {
  // value = language effect + sentence effect + noise, all of mean 0, 20 languages x 25 sentences
  Labels clusters, units;
  for (int64_t i = 0; i < 500; ++i) {
    clusters.push_back(i / 25);
    units.push_back(i % 25);
  }
  const auto coverage = [&](bool resample_clusters) {
    Random random(5);
    int held = 0;
    for (int sample = 0; sample < 200; ++sample) {
      Values languages(20), sentences(25), values;
      std::generate(languages.begin(), languages.end(), [&] { return random.normal(); });
      std::generate(sentences.begin(), sentences.end(), [&] { return 0.5 * random.normal(); });
      for (std::size_t i = 0; i < 500; ++i)
        values.push_back(languages[i / 25] + sentences[i % 25] + 0.3 * random.normal());
      ClusterOptions options = options_of(resample_clusters, true, true);
      options.resamples = 200;
      options.seed = static_cast<uint64_t>(sample);
      const auto mean = [&](const ClusterDraw& draw) {
        return mean_of_cluster_means(values, draw);
      };
      const Interval interval =
          percentile_interval(0, cluster_resample(clusters, units, mean, options), 0.95);
      held += interval.low <= 0 && 0 <= interval.high;
    }
    return held / 200.0;
  };
  CHECK(coverage(true) >= 0.90);
  CHECK(coverage(true) <= 0.99);
  CHECK(coverage(false) < 0.75); // fixed languages answer another question
}

TEST_CASE("bad designs are refused", "[stats]") {
  const auto run = [](const Labels& clusters, const Labels& units, const ClusterOptions& options) {
    return cluster_resample(
        clusters, units, [](const ClusterDraw&) { return 0.0; }, options);
  };
  CHECK_THROWS_WITH(run({}, {}, {}), Contains("cluster_resample: clusters: 0 values"));
  CHECK_THROWS_WITH(run({1, 2}, {1}, {}),
                    Contains("cluster_resample: units: 1 values where clusters has 2"));
  CHECK_THROWS_WITH(run({1, 2}, {}, options_of(true, true, true)),
                    Contains("units: 0 values where clusters has 2"));
  CHECK_THROWS_WITH(run({1, 2}, {}, options_of(false, false, false)),
                    Contains("neither clusters nor units are resampled; set resample_clusters"));
}
