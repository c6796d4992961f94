// Maximum likelihood fits of distributions.

#include "bindings/wrap_stats.hpp"
#include "engine/stats/fits.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

using namespace stats;

/// Calls `run` with a span of the values: float32 tensors are read as they are.
template <class Run> auto with_values(lua_State* L, int index, Run run) {
  const auto* tracked = Box<TrackedTensor>::test(L, index);
  if (!tracked) {
    const std::vector<double> values = check_numbers(L, index);
    return run(std::span<const double>(values));
  }
  if (tracked->tensor.scalar_type() == at::kFloat) {
    const at::Tensor dense = tracked->tensor.to(at::kCPU).contiguous();
    return run(std::span<const float>(dense.data_ptr<float>(), dense.numel()));
  }
  const at::Tensor dense = tracked->tensor.to(at::kCPU, at::kDouble).contiguous();
  return run(std::span<const double>(dense.data_ptr<double>(), dense.numel()));
}

int push_fit(lua_State* L, const Fit& fit) {
  lua_newtable(L);
  set_field(L, "law", fit.law);
  set_field(L, "n", fit.n);
  set_field(L, "log_likelihood", fit.log_likelihood);
  set_field(L, "bic", fit.bic);
  set_field(L, "ks", fit.ks);
  set_field(L, "anderson_darling", fit.anderson_darling);
  for (const auto& [name, value] : fit.params)
    set_field(L, name.c_str(), value);
  return 1;
}

int stats_fit(lua_State* L) {
  const std::string_view law = check_string(L, 2);
  return push_fit(L, with_values(L, 1, [law](auto values) { return fit(values, law); }));
}

int stats_fits(lua_State* L) {
  const Fits all = with_values(L, 1, [](auto values) { return fits(values); });
  push_list(L, all.fits, [L](const Fit& fit) { push_fit(L, fit); });
  lua_newtable(L);
  for (const auto& [law, reason] : all.left_out)
    set_field(L, law.c_str(), reason);
  return 2;
}

const Entry kModule[] = {
    {"fit", stats_fit, R"(Returns a law fitted to values: its params by name, and how good it is.
@param values Tensor|number[]
@param law string  "gauss", "laplace", "logistic", "student", "lognormal", "generalised_gauss"
@return table  law, its params, n, log_likelihood, bic, ks, anderson_darling
@example
assert(stats.fit({ 1, 2, 6 }, "laplace").location == 2))"},
    {"fits", stats_fits, R"(Returns all laws that can be fitted, by BIC, and why the others cannot.
@param values Tensor|number[]
@return table[] fits
@return table<string, string> left_out  reason by law
@example
assert(#stats.fits({ 1, 2, 6, 3, 2.5 }) == 6))"},
};

} // namespace

void register_stats_fits(lua_State* L) {
  register_module(L, "stats", kModule);
}

} // namespace residua
