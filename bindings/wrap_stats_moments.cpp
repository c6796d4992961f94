// Statistics: moments of values, mergeable.

#include "bindings/wrap_stats.hpp"
#include "engine/stats/moments.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

using namespace stats;

int stats_moments(lua_State* L) {
  if (const auto* tracked = Box<TrackedTensor>::test(L, 1)) {
    const at::Tensor dense = tracked->tensor.to(at::kCPU, at::kDouble).contiguous();
    return MomentsBox::push(L, moments(std::span(dense.data_ptr<double>(), dense.numel())));
  }
  return MomentsBox::push(L, moments(check_numbers(L, 1)));
}

int moments_merge(lua_State* L) {
  Moments merged = MomentsBox::check(L, 1);
  merged.merge(MomentsBox::check(L, 2));
  return MomentsBox::push(L, merged);
}

template <double (Moments::*Get)() const> int moments_get(lua_State* L) {
  return push(L, (MomentsBox::check(L, 1).*Get)());
}

template <double Moments::*Field> int moments_field(lua_State* L) {
  return push(L, MomentsBox::check(L, 1).*Field);
}

int moments_tostring(lua_State* L) {
  const Moments& m = MomentsBox::check(L, 1);
  return push(L, cat("Moments of ", static_cast<int64_t>(m.n), " values: mean ", m.mean, ", std ",
                     m.std(), ", kurtosis ", m.kurtosis(), ", min ", m.min, ", max ", m.max));
}

const Entry kModule[] = {
    {"moments", stats_moments, R"(Returns the moments of values, in float64.
@param values Tensor|number[]
@return Moments
@example
assert(stats.moments({ 1, 2, 3 }):mean() == 2))"},
};

const Entry kMoments[] = {
    {"merge", moments_merge, R"(Returns the moments of both together.
@param other Moments
@return Moments)"},
    {"count", moments_field<&Moments::n>, R"(Returns the number of values.
@return number)"},
    {"mean", moments_field<&Moments::mean>, R"(Returns the mean.
@return number)"},
    {"min", moments_field<&Moments::min>, R"(Returns the least value.
@return number)"},
    {"max", moments_field<&Moments::max>, R"(Returns the greatest value.
@return number)"},
    {"std", moments_get<&Moments::std>, R"(Returns the standard deviation (n - 1).
@return number)"},
    {"variance", moments_get<&Moments::variance>, R"(Returns the variance (n - 1).
@return number)"},
    {"skewness", moments_get<&Moments::skewness>, R"(Returns the skewness.
@return number)"},
    {"kurtosis", moments_get<&Moments::kurtosis>,
     R"(Returns the excess kurtosis (biased form): 0 for a Gaussian.
@return number)"},
};
const Entry kMomentsMeta[] = {{"__tostring", moments_tostring, "Describes the moments in a line."}};

} // namespace

void register_stats_moments(lua_State* L) {
  register_module(L, "stats", kModule);
  register_type<Moments>(L, "stats", "Moments", kMoments, kMomentsMeta);
}

} // namespace residua
