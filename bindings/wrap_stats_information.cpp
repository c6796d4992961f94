// Statistics: entropies, divergences and distances of distributions, mutual information.

#include "bindings/native.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/stats/information.hpp"
#include "engine/stats/mutual_information.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

using namespace stats;

std::vector<double> opt_values(lua_State* L, int index) {
  return is_absent(L, index) ? std::vector<double>{} : check_values(L, index);
}

int stats_entropy(lua_State* L) {
  return push(L, entropy(check_values(L, 1)));
}

int stats_kl(lua_State* L) {
  return push(L, kl_divergence(check_values(L, 1), check_values(L, 2)));
}

int stats_jensen_shannon(lua_State* L) {
  const double divergence = jensen_shannon_divergence(check_values(L, 1), check_values(L, 2));
  return push(L, std::sqrt(divergence)) + push(L, divergence);
}

int stats_wasserstein(lua_State* L) {
  return push(
      L, wasserstein(check_values(L, 1), check_values(L, 2), opt_values(L, 3), opt_values(L, 4)));
}

int stats_wasserstein_histograms(lua_State* L) {
  return push(L,
              wasserstein_histograms(check_values(L, 1), check_values(L, 2), check_values(L, 3)));
}

int stats_gaussian_entropy(lua_State* L) {
  return push(L, gaussian_entropy(Rows(L, 1).map()));
}

int stats_mutual_information(lua_State* L) {
  MutualInformationOptions options;
  options.neighbors = opt_integer(L, 3, options.neighbors);
  options.seed = static_cast<uint64_t>(opt_integer(L, 4, 1));
  return push(L,
              mutual_information(Rows::of_items(L, 1).map(), Rows::of_items(L, 2).map(), options));
}

const Entry kModule[] = {
    {"entropy", stats_entropy, R"(Returns the Shannon entropy of weights, normalised to sum 1.
@param weights Tensor|number[]  0 or more.
@return number  [nats])"},
    {"kl", stats_kl, R"(Returns the Kullback-Leibler divergence of q from p.
@param p Tensor|number[]  Weights, 0 or more; normalised.
@param q Tensor|number[]
@return number  [nats])"},
    {"jensen_shannon", stats_jensen_shannon,
     R"(Returns the Jensen-Shannon distance, and the divergence that it is the root of.
@param p Tensor|number[]  Weights, 0 or more; normalised.
@param q Tensor|number[]
@return number  Distance, 0 to 1.
@return number  Divergence [bits], 0 to 1.)"},
    {"wasserstein", stats_wasserstein, R"(Returns the Wasserstein-1 distance of two samples.
@param x Tensor|number[]
@param y Tensor|number[]
@param x_weights? Tensor|number[]  Equal when absent.
@param y_weights? Tensor|number[]
@return number  In the unit of the samples.)"},
    {"wasserstein_histograms", stats_wasserstein_histograms,
     R"(Returns the Wasserstein-1 distance of two histograms, each bin's mass spread evenly over it.
@param x Tensor|number[]  Weights of the bins.
@param y Tensor|number[]
@param edges Tensor|number[]  Ascending, one more than bins.
@return number  In the unit of the edges.)"},
    {"gaussian_entropy", stats_gaussian_entropy,
     R"(Returns the differential entropy of a Gaussian, 1/2 ln det(2 pi e S).
@param covariance Tensor  [n, n]
@return number  [nats]; minus infinity where the covariance is singular.)"},
    {"mutual_information", stats_mutual_information,
     R"(Returns the mutual information of two sets of features (Kraskov et al. 2004, estimate 1).
@param x Tensor|table  [items, features], or [items]
@param y Tensor|table
@param neighbors? integer  3 when absent.
@param seed? integer  Of the noise that breaks ties.
@return number  [nats]; about 0, or below, for independent data.)"},
};

} // namespace

void register_stats_information(lua_State* L) {
  register_module(L, "stats", kModule);
}

} // namespace residua
