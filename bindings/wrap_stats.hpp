#pragma once
// What the bindings of the statistics share. The functions of the module `stats` lie in several
// files, by subject.

#include "bindings/values.hpp"
#include "engine/stats/paired.hpp"
#include "engine/stats/similarity.hpp"

namespace residua {

/// Seed, level and resamples at three positions from `first` on; what is absent keeps its default.
template <class Options> Options check_resampling(lua_State* L, int first) {
  Options options;
  options.seed = static_cast<uint64_t>(opt_integer(L, first, static_cast<int64_t>(options.seed)));
  options.level = opt_number(L, first + 1, options.level);
  options.resamples = opt_integer(L, first + 2, options.resamples);
  return options;
}

/// An empty list when absent.
std::vector<int64_t> opt_integers(lua_State* L, int index);

/// Pushes { estimate, low, high, p, n, level }, and df where it is not n - 1; returns 1.
int push_effect(lua_State* L, const stats::Effect& effect);

/// A matrix argument [items, features]: float64 on the CPU, rows contiguous.
class Rows {
 public:
  Rows(lua_State* L, int index);
  /// Also a list of rows, and a list or a tensor of one dimension: the one feature of each item.
  static Rows of_items(lua_State* L, int index);
  Eigen::Map<const stats::RowMatrix> map() const;

 private:
  Rows(at::Tensor values, int index);

  at::Tensor tensor_;
};

/// The elements of a tensor, or a list of numbers.
std::vector<double> check_values(lua_State* L, int index);

// Each adds the functions of its subject to the module.
void register_stats_effects(lua_State* L);
void register_stats_moments(lua_State* L);
void register_stats_similarity(lua_State* L);
void register_stats_streams(lua_State* L);
void register_stats_fits(lua_State* L);
void register_stats_regression(lua_State* L);
void register_stats_tests(lua_State* L);
void register_stats_curves(lua_State* L);
void register_stats_information(lua_State* L);
void register_stats_spectra(lua_State* L);

} // namespace residua
