// Statistics: change points and curve fits.

#include "bindings/callback.hpp"
#include "bindings/native.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/stats/change_points.hpp"
#include "engine/stats/curve_fit.hpp"

namespace residua {

namespace {

using namespace stats;

constexpr std::string_view kModels[] = {"line", "two_segment", "logistic"};

void set_location(lua_State* L, const Interval& location, int64_t n) {
  push_effect(L, {location.estimate, location.low, location.high, NAN, n, location.level});
  lua_pushnil(L);
  lua_setfield(L, -2, "p");
  lua_setfield(L, -2, "location");
}

void set_line(lua_State* L, const LineModel& line) {
  lua_newtable(L);
  set_field(L, "intercept", line.intercept);
  set_field(L, "slope", line.slope);
  set_field(L, "squares", line.squares);
  set_field(L, "bic", line.bic);
  lua_setfield(L, -2, "line");
}

void set_two_segment(lua_State* L, const TwoSegmentModel& model, int64_t n) {
  lua_newtable(L);
  set_location(L, model.location, n);
  set_field(L, "value", model.value);
  set_field(L, "slope_before", model.slope_before);
  set_field(L, "slope_after", model.slope_after);
  set_field(L, "squares", model.squares);
  set_field(L, "bic", model.bic);
  set_field(L, "p", model.p);
  lua_setfield(L, -2, "two_segment");
}

void set_logistic(lua_State* L, const StepModel& model, int64_t n) {
  lua_newtable(L);
  set_location(L, model.location, n);
  set_field(L, "width", model.width);
  set_field(L, "before", model.before);
  set_field(L, "after", model.after);
  set_field(L, "squares", model.squares);
  set_field(L, "bic", model.bic);
  set_field(L, "p", model.p);
  lua_setfield(L, -2, "logistic");
}

int stats_change_point(lua_State* L) {
  const auto x = check_numbers(L, 1), y = check_numbers(L, 2);
  const ChangePoints fits = change_points(x, y, check_resampling<ChangeOptions>(L, 3));
  lua_newtable(L);
  set_field(L, "best", kModels[static_cast<std::size_t>(fits.best)]);
  set_field(L, "n", fits.n);
  set_line(L, fits.line);
  set_two_segment(L, fits.two_segment, fits.n);
  set_logistic(L, fits.logistic, fits.n);
  return 1;
}

/// The Lua function as a curve: f(row, params), or f(x, params) where x has one column.
Curve curve_of(lua_State* L, const Callback& function) {
  return [L, &function](std::span<const double> row, std::span<const double> params) {
    row.size() == 1 ? push(L, row.front()) : push(L, row);
    push(L, params);
    function.call(L, 2, 1);
    if (lua_isnumber(L, -1) == 0)
      throw Error(cat("curve_fit: the curve returned ", luaL_typename(L, -1)), "return a number");
    const double value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
  };
}

void push_param(lua_State* L, const CurveParam& param) {
  lua_newtable(L);
  set_field(L, "estimate", param.estimate);
  set_field(L, "low", param.low);
  set_field(L, "high", param.high);
  set_field(L, "standard_error", param.standard_error);
}

int stats_curve_fit(lua_State* L) {
  const Callback function(L, 1);
  const Rows x = Rows::of_items(L, 2);
  const auto y = check_numbers(L, 3), start = check_numbers(L, 4);
  CurveOptions options;
  options.level = opt_number(L, 5, options.level);
  const auto weights = is_absent(L, 6) ? std::vector<double>{} : check_numbers(L, 6);
  options.weights = weights;
  options.evaluations = opt_integer(L, 7, options.evaluations);
  const CurveFit fit = curve_fit(curve_of(L, function), x.map(), y, start, options);
  lua_newtable(L);
  push_list(L, fit.params, [L](const CurveParam& param) { push_param(L, param); });
  lua_setfield(L, -2, "params");
  std::vector<std::vector<double>> covariance;
  for (const auto row : fit.covariance.rowwise())
    covariance.emplace_back(row.begin(), row.end());
  set_field(L, "covariance", covariance);
  set_field(L, "residual_sd", fit.residual_sd);
  set_field(L, "r2", fit.r2);
  set_field(L, "n", fit.n);
  set_field(L, "degrees", fit.degrees);
  set_field(L, "evaluations", fit.evaluations);
  set_field(L, "residuals", fit.residuals);
  return 1;
}

const Entry kModule[] = {
    {"change_point", stats_change_point,
     R"(Returns a line, a line with one bend and a logistic step fitted to a curve.
@param x number[]
@param y number[]
@param seed? integer
@param level? number
@param resamples? integer  999 when absent.
@return table  best ("line", "two_segment" or "logistic"), n, line, two_segment, logistic.)"},
    {"curve_fit", stats_curve_fit, R"(Returns a curve fitted by least squares.
@param f function  f(x, params) -> number; x is a list where there are several columns.
@param x Tensor|table  [points, columns], or [points]
@param y number[]
@param start number[]
@param level? number
@param weights? number[]
@param evaluations? integer
@return table  params (estimate, low, high, standard_error), covariance, residual_sd, r2, n, degrees, evaluations,
residuals.)"},
};

} // namespace

void register_stats_curves(lua_State* L) {
  register_module(L, "stats", kModule);
}

} // namespace residua
