// Statistics: tests of two samples, ROC curves.

#include "bindings/native.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/stats/rank_tests.hpp"
#include "engine/stats/roc.hpp"
#include "engine/stats/two_sample.hpp"

namespace residua {

namespace {

using namespace stats;

int push_rank_test(lua_State* L, const RankTest& test) {
  lua_newtable(L);
  set_field(L, "statistic", test.statistic);
  set_field(L, "effect", test.effect);
  set_field(L, "p", test.p);
  set_field(L, "exact", test.exact);
  set_field(L, "n", test.n);
  return 1;
}

int stats_mann_whitney(lua_State* L) {
  return push_rank_test(L, mann_whitney(check_numbers(L, 1), check_numbers(L, 2)));
}

int stats_wilcoxon(lua_State* L) {
  const auto a = check_numbers(L, 1);
  return push_rank_test(L, is_absent(L, 2) ? wilcoxon(a) : wilcoxon(a, check_numbers(L, 2)));
}

std::string shown(lua_State* L, int at) {
  return lua_type(L, at) == LUA_TNUMBER ? cat(lua_tonumber(L, at)) : type_name(L, at);
}

/// Labels of two classes: true or 1, false or 0.
std::vector<bool> check_labels(lua_State* L, int index) {
  std::vector<bool> values;
  read_elements(L, index, [&](int at, int64_t position) {
    const bool number = lua_type(L, at) == LUA_TNUMBER;
    const double value = number ? lua_tonumber(L, at) : lua_toboolean(L, at);
    if (!(number || lua_isboolean(L, at)) || (value != 0 && value != 1))
      throw ArgError(index, cat("element ", position, ": true or false, or 1 or 0 expected, got ",
                                shown(L, at)));
    values.push_back(value == 1);
  });
  return values;
}

int stats_roc(lua_State* L) {
  const auto scores = check_numbers(L, 1);
  const Roc result = roc(scores, check_labels(L, 2), check_resampling<EffectOptions>(L, 3));
  push_effect(L, result.auc);
  lua_newtable(L);
  set_field(L, "estimate", result.threshold.estimate);
  set_field(L, "low", result.threshold.low);
  set_field(L, "high", result.threshold.high);
  set_field(L, "youden", result.threshold.youden);
  set_field(L, "sensitivity", result.threshold.sensitivity);
  set_field(L, "specificity", result.threshold.specificity);
  lua_setfield(L, -2, "threshold");
  return 1;
}

int stats_difference(lua_State* L) {
  const auto a = check_numbers(L, 1), b = check_numbers(L, 2);
  return push_effect(L, difference(a, b, check_resampling<EffectOptions>(L, 3)));
}

const Entry kModule[] = {
    {"mann_whitney", stats_mann_whitney,
     R"(Returns the Mann-Whitney U test of two samples, two-sided; exact where one has at most 8 values and none tie.
@param a number[]
@param b number[]
@return table  statistic (U of a), effect (rank-biserial, -1 to 1), p, exact, n.
@example
assert(stats.mann_whitney({ 1, 2 }, { 3, 4 }).effect == -1))"},
    {"wilcoxon", stats_wilcoxon,
     R"(Returns Wilcoxon's signed-rank test, two-sided, of the differences a - b, or of a against 0.

Exact for at most 50 differences without ties or zeros, else normal with corrections for ties and continuity.
@param a number[]
@param b? number[]  Paired with a.
@return table  statistic (sum of the ranks of positive differences), effect (rank-biserial, -1 to 1), p, exact, n (differences other than 0).
@example
assert(stats.wilcoxon({ 3, 5 }, { 1, 2 }).p == 0.5))"},
    {"roc", stats_roc,
     R"(Returns the area under the ROC curve with its interval, and the best threshold.
@param scores number[]
@param labels boolean[]|integer[]  True or 1 for a positive.
@param seed? integer
@param level? number
@param resamples? integer
@return table  estimate, low, high, p, n, level, threshold.)"},
    {"difference", stats_difference, R"(Returns the difference of the means of two groups.
@param a number[]
@param b number[]
@param seed? integer
@param level? number
@param resamples? integer
@return table  estimate, low, high, p, n, level.)"},
};

} // namespace

void register_stats_tests(lua_State* L) {
  register_module(L, "stats", kModule);
}

} // namespace residua
