#include "engine/stats/roc.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/bootstrap.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/rank.hpp"
#include "engine/stats/rank_tests.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Counts = std::vector<int64_t>; // how often each item is drawn

struct Classes {
  std::vector<double> positives, negatives; // their scores
};

Classes split(std::span<const double> scores, const std::vector<bool>& labels) {
  require_finite(scores, "auc: scores");
  require_same_size(labels.size(), scores.size(), "auc: labels", "scores");
  Classes classes;
  for (std::size_t i = 0; i < scores.size(); ++i)
    (labels[i] ? classes.positives : classes.negatives).push_back(scores[i]);
  if (classes.positives.empty() || classes.negatives.empty())
    throw Error(cat("auc: ", classes.positives.size(), " positives and ", classes.negatives.size(),
                    " negatives"),
                "give at least one of each");
  return classes;
}

/// Of each score, the share of the other class that it exceeds, ties counting half.
std::vector<double> placements(const std::vector<double>& own, const std::vector<double>& other) {
  std::vector<double> both = own;
  both.insert(both.end(), other.begin(), other.end());
  const auto joint = average_ranks(both), alone = average_ranks(own);
  std::vector<double> shares;
  for (std::size_t i = 0; i < own.size(); ++i)
    shares.push_back((joint[i] - alone[i]) / static_cast<double>(other.size()));
  return shares;
}

/// Variance of the mean of values; NaN for one.
double variance_of_mean(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values)
    mean += value / n;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return squares / (n - 1) / n;
}

Effect area(const Classes& classes, double level) {
  const RankTest test = mann_whitney(classes.positives, classes.negatives);
  const double auc = (test.effect + 1) / 2;
  const double variance = variance_of_mean(placements(classes.positives, classes.negatives)) +
                          variance_of_mean(placements(classes.negatives, classes.positives));
  Effect effect{auc, kNaN, kNaN, test.p, test.n, level};
  if (!(variance > 0 && auc > 0 && auc < 1))
    return effect;
  const double logit = std::log(auc / (1 - auc));
  const double half =
      quantile(boost::math::normal(), (1 + level) / 2) * std::sqrt(variance) / (auc * (1 - auc));
  effect.low = 1 / (1 + std::exp(half - logit));
  effect.high = 1 / (1 + std::exp(-half - logit));
  return effect;
}

/// Items by descending score.
struct Sorted {
  std::vector<double> scores;
  std::vector<bool> labels;
  std::vector<std::size_t> positives, negatives; // positions of each class
};

Sorted sorted_down(std::span<const double> scores, const std::vector<bool>& labels) {
  const auto order = sorting_order(scores);
  Sorted sorted;
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    (labels[*at] ? sorted.positives : sorted.negatives).push_back(sorted.scores.size());
    sorted.scores.push_back(scores[*at]);
    sorted.labels.push_back(labels[*at]);
  }
  return sorted;
}

/// The best threshold when each item counts `counts` times.
Threshold best_threshold(const Sorted& items, const Counts& counts) {
  const auto positives = static_cast<double>(items.positives.size());
  const auto negatives = static_cast<double>(items.negatives.size());
  double hits = 0, alarms = 0, most = -1e300; // J times the sizes of both classes, which is exact
  Threshold best{kNaN, kNaN, kNaN, 0, 0, 0};
  for (std::size_t i = 0; i < items.scores.size(); ++i) {
    (items.labels[i] ? hits : alarms) += static_cast<double>(counts[i]);
    const bool last_of_ties = i + 1 == items.scores.size() || items.scores[i + 1] < items.scores[i];
    const double gain = hits * negatives - alarms * positives;
    if (last_of_ties && hits + alarms > 0 && gain > most) {
      most = gain;
      best = {items.scores[i],       kNaN, kNaN, gain / positives / negatives, hits / positives,
              1 - alarms / negatives};
    }
  }
  return best;
}

void draw(const std::vector<std::size_t>& positions, Random& random, Counts& counts) {
  for (std::size_t i = 0; i < positions.size(); ++i)
    ++counts[positions[random.below(positions.size())]];
}

Threshold threshold_of(const Sorted& items, const EffectOptions& options) {
  Counts counts(items.scores.size(), 1);
  Threshold best = best_threshold(items, counts);
  if (static_cast<int64_t>(std::min(items.positives.size(), items.negatives.size())) < kFewestUnits)
    return best;
  Random random(options.seed);
  std::vector<double> resampled;
  for (int64_t i = 0; i < options.resamples; ++i) {
    interrupt::poll();
    std::fill(counts.begin(), counts.end(), 0);
    draw(items.positives, random, counts);
    draw(items.negatives, random, counts);
    resampled.push_back(best_threshold(items, counts).estimate);
  }
  const Interval interval = percentile_interval(best.estimate, resampled, options.level);
  best.low = interval.low;
  best.high = interval.high;
  return best;
}

} // namespace

Roc roc(std::span<const double> scores, const std::vector<bool>& labels,
        const EffectOptions& options) {
  require_level(options.level, "auc");
  require_resamples(options.resamples, "auc");
  const Classes classes = split(scores, labels);
  return {area(classes, options.level), threshold_of(sorted_down(scores, labels), options)};
}

} // namespace residua::stats
