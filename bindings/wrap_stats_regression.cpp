// Statistics: regressions and partial correlation.

#include "bindings/native.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/stats/logistic.hpp"
#include "engine/stats/partial.hpp"
#include "engine/stats/regression.hpp"
#include "engine/stats/ridge.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

using namespace stats;

constexpr std::string_view kCorrelations[] = {"pearson", "spearman"};

std::vector<double> opt_numbers(lua_State* L, int index) {
  return is_absent(L, index) ? std::vector<double>{} : check_numbers(L, index);
}

std::vector<std::string> opt_strings(lua_State* L, int index) {
  return is_absent(L, index) ? std::vector<std::string>{} : check_strings(L, index);
}

at::Tensor tensor_of(const RowMatrix& matrix) {
  const at::Tensor tensor = at::empty({matrix.rows(), matrix.cols()}, at::kDouble);
  std::copy_n(matrix.data(), matrix.size(), tensor.data_ptr<double>());
  return tensor;
}

int stats_partial(lua_State* L) {
  const auto kind = static_cast<Correlation>(check_enum(L, 1, "correlation", kCorrelations));
  const auto x = check_numbers(L, 2), y = check_numbers(L, 3);
  const Rows controls(L, 4);
  const auto names = opt_strings(L, 5);
  PartialOptions options;
  options.level = opt_number(L, 6, options.level);
  options.permutations = opt_integer(L, 7, options.permutations);
  options.seed = static_cast<uint64_t>(opt_integer(L, 8, 1));
  return push_effect(L, partial_correlation(kind, x, y, controls.map(), names, options));
}

void push_coefficient(lua_State* L, const Coefficient& coefficient) {
  lua_newtable(L);
  set_field(L, "name", coefficient.name);
  set_field(L, "estimate", coefficient.estimate);
  set_field(L, "low", coefficient.low);
  set_field(L, "high", coefficient.high);
  set_field(L, "standard_error", coefficient.standard_error);
  set_field(L, "p", coefficient.p);
}

int stats_ols(lua_State* L) {
  const auto y = check_numbers(L, 1);
  const Rows x(L, 2);
  const auto names = opt_strings(L, 3);
  const auto weights = opt_numbers(L, 6);
  const OlsOptions options{
      .level = opt_number(L, 4, 0.95), .intercept = opt_boolean(L, 5, true), .weights = weights};
  const OlsFit fit = ols(y, x.map(), names, options);
  lua_newtable(L);
  push_list(L, fit.coefficients, [L](const Coefficient& one) { push_coefficient(L, one); });
  lua_setfield(L, -2, "coefficients");
  set_field(L, "n", fit.n);
  set_field(L, "degrees", fit.degrees);
  set_field(L, "residual_sd", fit.residual_sd);
  set_field(L, "r2", fit.r2);
  set_field(L, "adjusted_r2", fit.adjusted_r2);
  set_field(L, "q2", fit.q2);
  set_field(L, "level", fit.level);
  set_field(L, "residuals", fit.residuals);
  set_field(L, "leverage", fit.leverage);
  return 1;
}

int stats_ridge(lua_State* L) {
  const auto y = check_numbers(L, 1);
  const Rows x(L, 2);
  const auto names = opt_strings(L, 3);
  const auto weights = opt_numbers(L, 6);
  const RidgeFit fit = ridge(y, x.map(), names,
                             {.penalty = opt_number(L, 4, 1),
                              .standardize = opt_boolean(L, 5, false),
                              .weights = weights});
  lua_newtable(L);
  set_field(L, "intercept", fit.intercept);
  set_field(L, "coefficients", fit.coefficients);
  set_field(L, "degrees", fit.degrees);
  set_field(L, "r2", fit.r2);
  set_field(L, "q2", fit.q2);
  set_field(L, "residuals", fit.residuals);
  return 1;
}

std::vector<int64_t> check_labels(lua_State* L, int index) {
  auto labels = check_integers(L, index);
  for (int64_t& label : labels)
    --label;
  return labels;
}

int stats_logistic(lua_State* L) {
  const auto labels = check_labels(L, 1);
  const Rows x(L, 2);
  const auto names = opt_strings(L, 3);
  const auto weights = opt_numbers(L, 6);
  const LogisticModel model = logistic(labels, x.map(), names,
                                       {.penalty = opt_number(L, 4, 1),
                                        .standardize = opt_boolean(L, 5, false),
                                        .weights = weights});
  lua_newtable(L);
  push_tensor(L, tensor_of(model.coefficients));
  lua_setfield(L, -2, "coefficients");
  push_tensor(L, tensor_of(model.intercepts.transpose()).view({-1}));
  lua_setfield(L, -2, "intercepts");
  set_field(L, "classes", model.classes);
  set_field(L, "log_loss", model.log_loss);
  set_field(L, "steps", model.steps);
  return 1;
}

int stats_probabilities(lua_State* L) {
  const Rows coefficients(L, 1), x(L, 3);
  const at::Tensor intercepts = check_tensor(L, 2).to(at::kCPU, at::kDouble).contiguous();
  if (intercepts.numel() != coefficients.map().rows())
    throw ArgError(2, "one intercept per row of coefficients expected");
  LogisticModel model{};
  model.coefficients = coefficients.map();
  model.intercepts =
      Eigen::Map<const Eigen::VectorXd>(intercepts.data_ptr<double>(), intercepts.numel());
  model.classes = std::max<int64_t>(2, intercepts.numel());
  const RowMatrix result = probabilities(model, x.map());
  std::vector<std::vector<double>> rows;
  for (const auto row : result.rowwise())
    rows.emplace_back(row.begin(), row.end());
  return push(L, rows);
}

const Entry kModule[] = {
    {"partial_correlation", stats_partial,
     R"(Returns the correlation of x and y beside controls, with Fisher's interval.
@param kind string  "pearson" or "spearman".
@param x number[]
@param y number[]
@param controls Tensor  [items, controls]
@param names? string[]  Of the controls, for messages.
@param level? number
@param permutations? integer  p from so many; from the t distribution when 0 or absent.
@param seed? integer
@return table  estimate, low, high, p, n, level.)"},
    {"ols", stats_ols, R"(Returns a least-squares regression.
@param y number[]
@param predictors Tensor  [items, predictors]
@param names? string[]
@param level? number
@param intercept? boolean  true when absent.
@param weights? number[]
@return table  coefficients (name, estimate, low, high, standard_error, p), n, degrees, residual_sd, r2, adjusted_r2,
q2, level, residuals, leverage.)"},
    {"ridge", stats_ridge, R"(Returns a ridge regression.
@param y number[]
@param predictors Tensor  [items, predictors]
@param names? string[]
@param penalty? number  Above 0; 1 when absent.
@param standardize? boolean
@param weights? number[]
@return table  intercept, coefficients, degrees, r2, q2, residuals.)"},
    {"logistic", stats_logistic, R"(Returns a logistic regression with an L2 penalty.
@param labels integer[]  1 to the number of classes, each used.
@param predictors Tensor  [items, predictors]
@param names? string[]
@param penalty? number  0 or more; 1 when absent.
@param standardize? boolean
@param weights? number[]
@return table  coefficients [1 or classes, predictors], intercepts, classes, log_loss (nats), steps.)"},
    {"probabilities", stats_probabilities,
     R"(Returns the probabilities of a logistic regression for items.
@param coefficients Tensor  [1 or classes, predictors]
@param intercepts Tensor  [1 or classes]
@param predictors Tensor  [items, predictors]
@return number[][]  [items][classes])"},
};

} // namespace

void register_stats_regression(lua_State* L) {
  register_module(L, "stats", kModule);
}

} // namespace residua
