#pragma once
// Two closed forms of training with few bits: how deep a signal travels through quantized
// activation functions (Blumenfeld, Gilboa, Soudry 2019, arXiv 1906.00771), and the sparsity of
// stochastically pruned lognormal gradients (Chmiel et al. 2020, arXiv 2006.08173).

#include <cstdint>

namespace residua::stats {

struct MeanField {
  int64_t levels;
  double spacing; ///< of the thresholds, in standard deviations of the pre-activation
  double chi;     ///< slope of the correlation map at its fixed point, 0 to 1
  double xi;      ///< -1 / ln chi: the depth scale [layers]
};

/// chi and xi of an activation function of `levels` levels (2 to 65 536) whose thresholds lie
/// `spacing` apart. Throws Error unless that is positive.
MeanField mean_field(int64_t levels, double spacing);

/// The same at the spacing with the largest chi. Two levels have one threshold: their chi is 2 / pi
/// at any spacing, and the spacing is NaN.
MeanField best_mean_field(int64_t levels);

/// Expected share of zeros after gradients |g| ~ LogN(mu, sigma^2) below `alpha` are pruned
/// stochastically: set to alpha with probability |g| / alpha, else to 0.
double lognormal_sparsity(double mu, double sigma, double alpha);

} // namespace residua::stats
