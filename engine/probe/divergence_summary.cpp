#include "engine/probe/divergence_summary.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/drawn_quantiles.hpp"
#include "engine/stats/resampling.hpp"

#include <ATen/ATen.h>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace residua {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using List = std::vector<double>;

/// Tokens of one group. Changes of p are in percent.
struct Group {
  List kld, dp, base, changed, same;
  std::vector<std::size_t> units;
};

/// Sums over tokens, from which the means, and what is made of means, follow.
enum SumOf { kCount, kBase, kChanged, kBase2, kChanged2, kBoth, kKldSum, kDp, kDp2, kSame, kSums };
using Sums = Eigen::Array<double, kSums, 1>;

constexpr const char* kMeanNames[] = {"ppl",       "ppl_base",       "correlation", "ln_ppl_ratio",
                                      "ppl_ratio", "ppl_difference", "mean_kld",    "mean_dp",
                                      "rms_dp",    "same_top"};
constexpr double kInf = std::numeric_limits<double>::infinity();
/// What they can be, of which Student's interval of few sentences knows nothing.
constexpr std::pair<double, double> kMeanRanges[] = {
    {0, kInf},     {0, kInf}, {-1, 1},     {-kInf, kInf}, {0, kInf},
    {-kInf, kInf}, {0, kInf}, {-100, 100}, {0, 100},      {0, 100}};
static_assert(std::size(kMeanRanges) == std::size(kMeanNames));
constexpr double kQuantiles[] = {0, 0.01, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1};
constexpr const char* kQuantileNames[2][std::size(kQuantiles)] = {
    {"min_kld", "kld_p01", "kld_p05", "kld_p10", "median_kld", "kld_p90", "kld_p95", "kld_p99",
     "kld_p999", "max_kld"},
    {"min_dp", "dp_p01", "dp_p05", "dp_p10", "median_dp", "dp_p90", "dp_p95", "dp_p99", "dp_p999",
     "max_dp"}};

std::vector<std::string> metric_names() {
  std::vector<std::string> names(std::begin(kMeanNames), std::end(kMeanNames));
  for (const auto& quantiles : kQuantileNames)
    names.insert(names.end(), std::begin(quantiles), std::end(quantiles));
  return names;
}

double mean_of(const List& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// All metrics of one group, for any draw of its units.
class Summarizer {
 public:
  Summarizer(const Group& group, std::size_t units)
      : mean_base_(mean_of(group.base)), mean_changed_(mean_of(group.changed)),
        sums_(units, Sums::Zero()), kld_(group.kld, group.units), dp_(group.dp, group.units) {
    for (std::size_t i = 0; i < group.kld.size(); ++i) {
      // deviations from the group's means, which leaves the correlation its digits
      const double base = group.base[i] - mean_base_, changed = group.changed[i] - mean_changed_;
      const double dp = group.dp[i];
      Sums token;
      token << 1, base, changed, base * base, changed * changed, base * changed, group.kld[i], dp,
          dp * dp, group.same[i];
      sums_[group.units[i]] += token;
    }
  }

  /// In the order of metric_names; `counts` says how often each unit is drawn.
  List of(std::span<const double> counts) const {
    Sums total = Sums::Zero();
    for (std::size_t unit = 0; unit < sums_.size(); ++unit)
      total += counts[unit] * sums_[unit];
    List list = means(total);
    for (const auto* quantiles : {&kld_, &dp_}) {
      const List values = quantiles->of(counts, kQuantiles);
      list.insert(list.end(), values.begin(), values.end());
    }
    return list;
  }

 private:
  /// The metrics of kMeanNames.
  List means(const Sums& total) const {
    if (total[kCount] == 0)
      return List(std::size(kMeanNames), kNaN);
    const Sums mean = total / total[kCount];
    const double covariance = mean[kBoth] - mean[kBase] * mean[kChanged];
    const double scale = (mean[kBase2] - mean[kBase] * mean[kBase]) *
                         (mean[kChanged2] - mean[kChanged] * mean[kChanged]);
    const double base = mean_base_ + mean[kBase], changed = mean_changed_ + mean[kChanged];
    return {std::exp(changed),
            std::exp(base),
            scale > 0 ? std::clamp(covariance / std::sqrt(scale), -1.0, 1.0) : kNaN,
            changed - base,
            std::exp(changed - base),
            std::exp(changed) - std::exp(base),
            mean[kKldSum],
            mean[kDp],
            std::sqrt(mean[kDp2]),
            100 * mean[kSame]};
  }

  double mean_base_, mean_changed_;
  std::vector<Sums> sums_; // by unit
  stats::DrawnQuantiles kld_, dp_;
};

/// Interval of metric number `metric`; none of a quantile reaches beyond what was drawn.
stats::Interval interval_of(std::size_t metric, double estimate, const List& drawn, double level,
                            int64_t units) {
  List finite;
  std::copy_if(drawn.begin(), drawn.end(), std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  if (2 * finite.size() <= drawn.size() || !std::isfinite(estimate) || units < stats::kFewestUnits)
    return {estimate, kNaN, kNaN, level};
  if (metric >= std::size(kMeanNames))
    return stats::outer_interval(estimate, finite, stats::mean_outer_quantile(level, units), level);
  const auto [least, most] = kMeanRanges[metric];
  const bool of_log = least == 0 && most == kInf && estimate > 0 &&
                      *std::min_element(finite.begin(), finite.end()) > 0;
  if (of_log) {
    std::transform(finite.begin(), finite.end(), finite.begin(),
                   [](double v) { return std::log(v); });
    const auto interval = stats::expanded_interval(std::log(estimate), finite, level, units);
    return {estimate, std::exp(interval.low), std::exp(interval.high), level};
  }
  const stats::Interval interval = stats::expanded_interval(estimate, finite, level, units);
  return {estimate, std::max(interval.low, least), std::min(interval.high, most), level};
}

int64_t count_units(const Group& group) {
  const std::set<std::size_t> units(group.units.begin(), group.units.end());
  return static_cast<int64_t>(units.size());
}

/// `counts` has a row of `units` per resample; none where there is no interval.
DivergenceSummary summary_of(const Group& group, std::size_t units, std::span<const double> counts,
                             double level) {
  const Summarizer summarizer(group, units);
  const auto names = metric_names();
  const List estimates = summarizer.of(List(units, 1));
  std::vector<List> drawn(names.size());
  for (std::size_t from = 0; from < counts.size(); from += units) {
    interrupt::poll();
    const List values = summarizer.of(counts.subspan(from, units));
    for (std::size_t i = 0; i < values.size(); ++i)
      drawn[i].push_back(values[i]);
  }
  DivergenceSummary summary{static_cast<int64_t>(group.kld.size()), {}};
  for (std::size_t i = 0; i < names.size(); ++i)
    summary.metrics.emplace_back(names[i],
                                 interval_of(i, estimates[i], drawn[i], level, count_units(group)));
  return summary;
}

/// Labels as numbers from 0 without gaps.
std::vector<std::size_t> numbered(const std::vector<int64_t>& labels) {
  std::map<int64_t, std::size_t> number;
  std::vector<std::size_t> result;
  for (const int64_t label : labels)
    result.push_back(number.emplace(label, number.size()).first->second);
  return result;
}

void add_token(Group& group, const double* columns, std::size_t unit) {
  group.kld.push_back(columns[kKld]);
  group.base.push_back(columns[kNllBase]);
  group.changed.push_back(columns[kNllChanged]);
  group.dp.push_back(100 * (std::exp(-columns[kNllChanged]) - std::exp(-columns[kNllBase])));
  group.same.push_back(columns[kSameTop]);
  group.units.push_back(unit);
}

std::vector<Group> grouped(const at::Tensor& values, const std::vector<int64_t>& tokens,
                           const std::vector<int64_t>& group_of_text, int64_t groups,
                           const std::vector<std::size_t>& units) {
  const at::Tensor dense = values.to(at::kCPU, at::kDouble).contiguous();
  const double* next = dense.data_ptr<double>();
  std::vector<Group> result(static_cast<std::size_t>(groups));
  for (std::size_t text = 0; text < tokens.size(); ++text)
    for (int64_t i = 0; i < tokens[text]; ++i, next += kDivergenceColumns) {
      if (!std::isfinite(next[kKld] + next[kNllBase] + next[kNllChanged]))
        throw Error(cat("divergence: token ", i + 2, " of text ", text + 1, " is not finite"),
                    "find out which weights or activations overflow");
      add_token(result.at(static_cast<std::size_t>(group_of_text[text])), next, units[text]);
    }
  for (std::size_t i = 0; i < result.size(); ++i)
    if (result[i].kld.empty())
      throw Error(cat("divergence: group ", i + 1, " has no texts"), "leave it out");
  return result;
}

void require_shape(const at::Tensor& values, const std::vector<int64_t>& tokens) {
  int64_t total = 0;
  for (const int64_t count : tokens)
    total += std::max<int64_t>(count, 0);
  if (values.sizes() != at::IntArrayRef({total, kDivergenceColumns}))
    throw Error(cat("divergence: values of shape ", values.sizes(), " for ", total, " tokens"),
                "give what run.divergence returned");
}

} // namespace

std::vector<DivergenceSummary> summarize(const at::Tensor& values,
                                         const std::vector<int64_t>& tokens,
                                         const std::vector<int64_t>& group_of_text, int64_t groups,
                                         const std::vector<int64_t>& unit_of_text,
                                         const DivergenceSummaryOptions& options) {
  stats::require_level(options.level, "divergence");
  stats::require_resamples(options.resamples, "divergence");
  stats::require_at_least(1, tokens.size(), "divergence: texts");
  stats::require_same_size(group_of_text.size(), tokens.size(), "divergence: groups", "texts");
  stats::require_same_size(unit_of_text.size(), tokens.size(), "divergence: units", "texts");
  require_shape(values, tokens);
  const auto units = numbered(unit_of_text);
  const std::size_t count = 1 + *std::max_element(units.begin(), units.end());
  const List counts =
      stats::resample_counts(static_cast<int64_t>(count), options.resamples, options.seed);
  std::vector<DivergenceSummary> summaries;
  for (const Group& group : grouped(values, tokens, group_of_text, groups, units))
    summaries.push_back(summary_of(
        group, count, count_units(group) < stats::kFewestUnits ? List{} : counts, options.level));
  return summaries;
}

} // namespace residua
