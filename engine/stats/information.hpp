#pragma once
// Information theory of discrete distributions, samples and Gaussians. Weights (counts or
// probabilities) are finite, not negative and sum to more than 0; they are normalised to sum 1.

#include "engine/stats/similarity.hpp"

#include <span>

namespace residua::stats {

/// Shannon entropy [nats] of weights, 0 to ln n; an outcome of weight 0 adds nothing.
double entropy(std::span<const double> weights);

/// Kullback-Leibler divergence of q from p [nats]; infinite where q excludes what p allows.
double kl_divergence(std::span<const double> p, std::span<const double> q);

/// Jensen-Shannon divergence [bits], 0 to 1: the mean divergence of both from their mean.
double jensen_shannon_divergence(std::span<const double> p, std::span<const double> q);

/// Its square root, a metric.
double jensen_shannon_distance(std::span<const double> p, std::span<const double> q);

/// Wasserstein-1 (earth mover's) distance of two samples, in their unit. Weights that are absent
/// are equal.
double wasserstein(std::span<const double> x, std::span<const double> y,
                   std::span<const double> x_weights = {}, std::span<const double> y_weights = {});

/// The same of two histograms on common bins, each bin's mass spread evenly over it. `edges`
/// ascend, one more than bins.
double wasserstein_histograms(std::span<const double> p, std::span<const double> q,
                              std::span<const double> edges);

/// Differential entropy [nats] of a Gaussian from its covariance [n, n], 1/2 ln det(2 pi e S);
/// minus infinity where it is singular. Throws Error unless it is symmetric and positive
/// semidefinite.
double gaussian_entropy(const Representation& covariance);

} // namespace residua::stats
