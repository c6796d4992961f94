// Statistics: effects with intervals, correlations, resampling, corrections for many tests.

#include "bindings/callback.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/stats/association.hpp"
#include "engine/stats/bootstrap.hpp"
#include "engine/stats/interval_p.hpp"
#include "engine/stats/multiple.hpp"
#include "engine/stats/quantile.hpp"
#include "engine/stats/rank.hpp"
#include "engine/stats/resampling.hpp"

#include <ATen/ATen.h>
#include <climits>

namespace residua {

namespace {

using namespace stats;

constexpr std::string_view kCorrelations[] = {"pearson", "spearman", "kendall"};

int stats_one_sample(lua_State* L) {
  const auto values = check_numbers(L, 1);
  const auto clusters = opt_integers(L, 2), units = opt_integers(L, 3);
  return push_effect(L, one_sample(values, clusters, units, check_resampling<EffectOptions>(L, 4)));
}

int stats_paired_difference(lua_State* L) {
  const auto a = check_numbers(L, 1), b = check_numbers(L, 2);
  const auto clusters = opt_integers(L, 3), units = opt_integers(L, 4);
  return push_effect(
      L, paired_difference(a, b, clusters, units, check_resampling<EffectOptions>(L, 5)));
}

int stats_association(lua_State* L) {
  const auto kind = static_cast<Correlation>(check_enum(L, 1, "correlation", kCorrelations));
  const auto x = check_numbers(L, 2), y = check_numbers(L, 3);
  const auto groups = opt_integers(L, 4);
  return push_effect(L, association(kind, x, y, groups, check_resampling<EffectOptions>(L, 5)));
}

int stats_correlation(lua_State* L) {
  const auto kind = static_cast<Correlation>(check_enum(L, 1, "correlation", kCorrelations));
  return push(L, correlation(kind, check_numbers(L, 2), check_numbers(L, 3)));
}

int push_interval(lua_State* L, const Interval& interval, int64_t n) {
  return push_effect(L, {interval.estimate, interval.low, interval.high, NAN, n, interval.level});
}

int stats_ratio(lua_State* L) {
  const auto above = check_numbers(L, 1), below = check_numbers(L, 2);
  const auto options = check_resampling<BootstrapOptions>(L, 3);
  return push_interval(L, ratio_of_sums(above, below, options), static_cast<int64_t>(above.size()));
}

int stats_resample_counts(lua_State* L) {
  const int64_t n = check_integer(L, 1, 1, 1 << 24), resamples = check_integer(L, 2, 1, 1 << 24);
  const auto counts = resample_counts(n, resamples, static_cast<uint64_t>(opt_integer(L, 3, 1)));
  return push_tensor(L, at::tensor(counts, at::kDouble).view({resamples, n}));
}

/// A copy of the list at 1, its elements in random order.
int stats_shuffled(lua_State* L) {
  if (lua_type(L, 1) != LUA_TTABLE)
    throw_type_error(L, 1, "table");
  const auto order = random_order(static_cast<int64_t>(lua_rawlen(L, 1)),
                                  static_cast<uint64_t>(opt_integer(L, 2, 1)));
  lua_createtable(L, static_cast<int>(std::min<std::size_t>(order.size(), INT_MAX)), 0);
  lua_Integer position = 0;
  for (const int64_t drawn : order) {
    lua_rawgeti(L, 1, drawn + 1);
    lua_rawseti(L, -2, ++position);
  }
  return 1;
}

// The function is called once per resample with the indices drawn, from 1.
int stats_bootstrap(lua_State* L) {
  const int64_t n = check_integer(L, 1, 1, 1 << 24); // a list of so many is made 1000 times
  const Callback statistic(L, 2);
  auto options = check_resampling<BootstrapOptions>(L, 3);
  options.method = BootstrapMethod::percentile;
  options.expanded = true;
  std::vector<int64_t> from_one(n);
  const Interval interval = bootstrap(
      n,
      [&](std::span<const int64_t> drawn) {
        std::transform(drawn.begin(), drawn.end(), from_one.begin(),
                       [](int64_t i) { return i + 1; });
        push(L, std::span<const int64_t>(from_one.data(), drawn.size()));
        statistic.call(L, 1, 1);
        if (lua_isnumber(L, -1) == 0)
          throw Error(cat("bootstrap: the statistic returned ", luaL_typename(L, -1)),
                      "return a number");
        const double value = lua_tonumber(L, -1);
        lua_pop(L, 1);
        return value;
      },
      options);
  return push_interval(L, interval, n);
}

int stats_drawn_interval(lua_State* L) {
  const auto drawn = check_numbers(L, 2);
  const Interval interval =
      expanded_interval(check_number(L, 1), drawn, check_number(L, 4), check_integer(L, 3));
  push(L, interval.low);
  push(L, interval.high);
  return 2;
}

int stats_interval_p(lua_State* L) {
  const Interval interval{check_number(L, 1), check_number(L, 2), check_number(L, 3),
                          opt_number(L, 5, 0.95)};
  return push(L, interval_p(interval, check_number(L, 4), opt_integer(L, 6, 0)));
}

int stats_quantiles(lua_State* L) {
  return push(L, quantiles(check_numbers(L, 1), check_numbers(L, 2)));
}

int stats_ranks(lua_State* L) {
  return push(L, average_ranks(check_numbers(L, 1)));
}

int stats_holm(lua_State* L) {
  return push(L, holm(check_numbers(L, 1)));
}

int stats_benjamini_hochberg(lua_State* L) {
  return push(L, benjamini_hochberg(check_numbers(L, 1)));
}

const Entry kModule[] = {
    {"one_sample", stats_one_sample,
     R"(Returns the mean with a bootstrap interval and the p of a sign-flip test against 0.
@param values number[]
@param clusters? integer[]  Label of each value's cluster (language); clusters are resampled and count alike.
@param units? integer[]  Label of each value's unit (sentence): a sample too, so that the interval is that of two
crossed random effects and p at least that of the interval.
@param seed? integer
@param level? number  0.95 when absent.
@param resamples? integer  2000 when absent.
@return table  estimate, low, high, p, n, level; df with units.)"},
    {"paired_difference", stats_paired_difference,
     R"(Returns the mean of a - b as `one_sample` does.
@param a number[]
@param b number[]  As many.
@param clusters? integer[]
@param units? integer[]
@param seed? integer
@param level? number
@param resamples? integer
@return table  estimate, low, high, p, n, level.)"},
    {"association", stats_association,
     R"(Returns a correlation with a BCa bootstrap interval and a permutation p.
@param kind string  "pearson", "spearman" or "kendall".
@param x number[]
@param y number[]
@param groups? integer[]  y is permuted only within these.
@param seed? integer
@param level? number
@param resamples? integer
@return table  estimate, low, high, p, n, level.)"},
    {"correlation", stats_correlation, R"(Returns a correlation coefficient.
@param kind string  "pearson", "spearman" or "kendall".
@param x number[]
@param y number[]
@return number)"},
    {"bootstrap", stats_bootstrap,
     R"(Returns the expanded percentile interval of a statistic; of 3 to 5 observations, Student's.
@param n integer  Observations.
@param statistic function  Takes a list of indices drawn from 1 to n, returns a number.
@param seed? integer
@param level? number
@param resamples? integer
@return table  estimate, low, high, n, level.)"},
    {"ratio", stats_ratio,
     R"(Returns sum(above) / sum(below) with a BCa interval over resampled pairs.
@param above number[]  NLL of each text, say.
@param below number[]  Bytes of each text, say.
@param seed? integer
@param level? number
@param resamples? integer
@return table  estimate, low, high, n, level.
@example
assert(stats.ratio({ 1, 2, 3 }, { 2, 2, 2 }).estimate == 1))"},
    {"drawn_interval", stats_drawn_interval,
     R"(Returns the interval of what resamples gave, between percentiles as far out as Student's t of few units asks for
(Hesterberg 2015); of 3 to 5 units it is Student's own, and fewer give NaN.
@param estimate number  In the data.
@param drawn number[]  In each resample; NaN does not count, and gives NaN where it is over half.
@param n integer  Units that were drawn from.
@param level number
@return number low
@return number high)"},
    {"interval_p", stats_interval_p,
     R"(Returns the two-sided p of a border, from how far it lies from the estimate in half-widths of the interval
(Altman and Bland 2011); at least 0.001, and NaN without an interval.
@param estimate number
@param low number
@param high number
@param border number
@param level? number  Of the interval; 0.95 when absent.
@param units? integer  That the effect rests on; where few, p falls more slowly. Many when absent.
@return number
@example
assert(math.abs(stats.interval_p(1, 0, 2, 0) - 0.05) < 1e-12))"},
    {"resample_counts", stats_resample_counts,
     R"(Returns how often each observation is drawn in each resample.
@param n integer
@param resamples integer
@param seed? integer
@return Tensor  [resamples, n] float64; every row sums to n.)"},
    {"shuffled", stats_shuffled, R"(Returns a copy of a list in random order.
@param list any[]
@param seed? integer  1 when absent.
@return any[]
@example
assert(#stats.shuffled({ "a", "b", "c" }, 7) == 3))"},
    {"quantiles", stats_quantiles, R"(Returns quantiles by linear interpolation.
@param values number[]
@param q number[]  0 to 1.
@return number[])"},
    {"ranks", stats_ranks, R"(Returns ranks from 1; ties share their mean rank.
@param values number[]
@return number[])"},
    {"holm", stats_holm, R"(Returns p values adjusted by Holm's method.
@param p number[]
@return number[])"},
    {"benjamini_hochberg", stats_benjamini_hochberg,
     R"(Returns p values adjusted for the false discovery rate.
@param p number[]
@return number[])"},
};

} // namespace

void register_stats_effects(lua_State* L) {
  register_module(L, "stats", kModule);
  lua_getfield(L, -1, "stats");
  set_field(L, "fewest_units", kFewestUnits);
  lua_pop(L, 1);
}

} // namespace residua
