// Statistics: spectra of matrices, the law of random ones, mean field of quantized activations.

#include "bindings/native.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/stats/marchenko_pastur.hpp"
#include "engine/stats/mean_field.hpp"
#include "engine/stats/principal.hpp"
#include "engine/stats/spectrum.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

using namespace stats;

int stats_singular_values(lua_State* L) {
  return push(L, singular_values(Rows(L, 1).map()));
}

int stats_entry_variance(lua_State* L) {
  return push(L, entry_variance(Rows(L, 1).map()));
}

int stats_effective_ranks(lua_State* L) {
  const EffectiveRanks ranks = effective_ranks(check_numbers(L, 1));
  lua_newtable(L);
  set_field(L, "entropy", ranks.entropy);
  set_field(L, "entropy_squared", ranks.entropy_squared);
  set_field(L, "participation", ranks.participation);
  set_field(L, "stable", ranks.stable);
  set_field(L, "share", ranks.share);
  set_field(L, "condition", ranks.condition);
  return 1;
}

int stats_marchenko_pastur(lua_State* L) {
  const SpectralFit fit = compare_with_marchenko_pastur(check_numbers(L, 1), check_integer(L, 2),
                                                        check_integer(L, 3), check_number(L, 4));
  lua_newtable(L);
  set_field(L, "ratio", fit.ratio);
  set_field(L, "variance", fit.variance);
  set_field(L, "lower", fit.lower);
  set_field(L, "upper", fit.upper);
  set_field(L, "ks", fit.ks);
  set_field(L, "share_outside", fit.share_outside);
  return 1;
}

template <double (MarchenkoPastur::*Function)(double) const> int stats_law(lua_State* L) {
  const MarchenkoPastur law(check_number(L, 2), opt_number(L, 3, 1));
  return push(L, (law.*Function)(check_number(L, 1)));
}

int stats_covariance_eigenvalues(lua_State* L) {
  return push(L, covariance_eigenvalues(Rows(L, 1).map()));
}

int stats_pca_dimensions(lua_State* L) {
  return push(L, pca_dimensions(check_numbers(L, 1), opt_number(L, 2, 0.95)));
}

int stats_principal_components(lua_State* L) {
  RowMatrix scores = principal_components(Rows(L, 1).map(), check_integer(L, 2));
  return push_tensor(
      L, at::from_blob(scores.data(), {scores.rows(), scores.cols()}, at::kDouble).clone());
}

int stats_mean_field(lua_State* L) {
  const auto levels = check_integer(L, 1);
  const auto spacing = maybe_number(L, 2);
  const MeanField field = spacing ? mean_field(levels, *spacing) : best_mean_field(levels);
  lua_newtable(L);
  set_field(L, "levels", field.levels);
  set_field(L, "spacing", field.spacing);
  set_field(L, "chi", field.chi);
  set_field(L, "xi", field.xi);
  return 1;
}

int stats_lognormal_sparsity(lua_State* L) {
  return push(L, lognormal_sparsity(check_number(L, 1), check_number(L, 2), check_number(L, 3)));
}

const Entry kModule[] = {
    {"singular_values", stats_singular_values,
     R"(Returns the singular values of a matrix, in float64.
@param matrix Tensor  [rows, columns]
@return number[]  Descending, as many as the shorter side has.)"},
    {"entry_variance", stats_entry_variance,
     R"(Returns the variance of a matrix' entries about their mean, over their count.
@param matrix Tensor  [rows, columns]
@return number)"},
    {"effective_ranks", stats_effective_ranks, R"(Returns effective ranks of singular values.
@param singular_values number[]
@return table  entropy, entropy_squared, participation, stable, share, condition.)"},
    {"marchenko_pastur", stats_marchenko_pastur,
     R"(Compares the eigenvalues s^2 / n of a matrix (n: its longer side) with the law of random ones.
@param singular_values number[]  As many as the shorter side has.
@param rows integer
@param columns integer
@param variance number  Of the entries.
@return table  ratio, variance, lower, upper, ks, share_outside.)"},
    {"marchenko_pastur_density", stats_law<&MarchenkoPastur::density>,
     R"(Returns the density of the Marchenko-Pastur law, without its mass at 0 beyond ratio 1.
@param x number
@param ratio number  Columns over rows.
@param variance? number  Of the entries; 1 when absent.
@return number
@example
assert(stats.marchenko_pastur_density(5, 1) == 0))"},
    {"marchenko_pastur_cdf", stats_law<&MarchenkoPastur::cdf>,
     R"(Returns the distribution function of the Marchenko-Pastur law.
@param x number
@param ratio number  Columns over rows.
@param variance? number  Of the entries; 1 when absent.
@return number
@example
assert(stats.marchenko_pastur_cdf(4, 1) == 1))"},
    {"covariance_eigenvalues", stats_covariance_eigenvalues,
     R"(Returns the eigenvalues of a covariance.
@param covariance Tensor  [n, n]
@return number[]  Descending; those below 0 by rounding are 0.
@example
assert(stats.covariance_eigenvalues(tensor.eye(3))[3] == 1))"},
    {"pca_dimensions", stats_pca_dimensions,
     R"(Returns the least number of principal components that hold a share of the variance.
@param eigenvalues number[]
@param share? number  0.95 when absent.
@return integer)"},
    {"principal_components", stats_principal_components,
     R"(Returns items in their first principal components, about their mean, by descending variance.
@param items Tensor  [items, features]
@param count integer  1 to the lesser of items and features.
@return Tensor  [items, count] float64; the largest loading of each component is positive.
@example
assert(stats.principal_components(tensor.eye(3), 2):size(2) == 2))"},
    {"mean_field", stats_mean_field,
     R"(Returns chi and xi of a quantized activation function (arXiv 1906.00771).
@param levels integer  2 to 65536.
@param spacing? number  Of the thresholds; the best when absent.
@return table  levels, spacing, chi, xi.)"},
    {"lognormal_sparsity", stats_lognormal_sparsity,
     R"(Returns the share of zeros after stochastic pruning of |g| ~ LogN(mu, sigma^2) below alpha.
@param mu number
@param sigma number
@param alpha number
@return number  0 to 1 (arXiv 2006.08173).
@example
assert(math.abs(stats.lognormal_sparsity(0, 1, 1) - 0.2384) < 1e-4))"},
};

} // namespace

void register_stats_spectra(lua_State* L) {
  register_module(L, "stats", kModule);
}

} // namespace residua
