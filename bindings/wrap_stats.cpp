// The module of statistics, and what its files share.

#include "bindings/wrap_stats.hpp"

#include "bindings/native.hpp"
#include "bindings/nested.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace residua {

std::vector<int64_t> opt_integers(lua_State* L, int index) {
  return is_absent(L, index) ? std::vector<int64_t>{} : check_integers(L, index);
}

int push_effect(lua_State* L, const stats::Effect& effect) {
  lua_newtable(L);
  set_field(L, "estimate", effect.estimate);
  set_field(L, "low", effect.low);
  set_field(L, "high", effect.high);
  set_field(L, "p", effect.p);
  set_field(L, "n", effect.n);
  set_field(L, "level", effect.level);
  if (!std::isnan(effect.df))
    set_field(L, "df", effect.df);
  return 1;
}

std::vector<double> check_values(lua_State* L, int index) {
  const auto* tracked = Box<TrackedTensor>::test(L, index);
  if (!tracked)
    return check_numbers(L, index);
  const at::Tensor dense = tracked->tensor.to(at::kCPU, at::kDouble).contiguous();
  return {dense.data_ptr<double>(), dense.data_ptr<double>() + dense.numel()};
}

Rows::Rows(lua_State* L, int index) : Rows(check_tensor(L, index), index) {}

Rows::Rows(at::Tensor values, int index) : tensor_(values.to(at::kCPU, at::kDouble).contiguous()) {
  if (tensor_.dim() != 2)
    throw ArgError(index,
                   cat("a matrix [items, features] expected, got ", tensor_.dim(), " dimensions"));
}

Rows Rows::of_items(lua_State* L, int index) {
  at::Tensor values;
  if (lua_type(L, index) == LUA_TTABLE) {
    const Nested nested = check_nested(L, index);
    values = at::tensor(nested.values, at::kDouble).view(nested.shape);
  } else {
    values = check_tensor(L, index);
  }
  return {values.dim() == 1 ? values.unsqueeze(1) : values, index};
}

Eigen::Map<const stats::RowMatrix> Rows::map() const {
  return {tensor_.data_ptr<double>(), tensor_.size(0), tensor_.size(1)};
}

void register_stats(lua_State* L) {
  register_stats_effects(L);
  register_stats_moments(L);
  register_stats_similarity(L);
  register_stats_streams(L);
  register_stats_fits(L);
  register_stats_regression(L);
  register_stats_tests(L);
  register_stats_curves(L);
  register_stats_information(L);
  register_stats_spectra(L);
}

} // namespace residua
