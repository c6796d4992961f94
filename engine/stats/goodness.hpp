#pragma once
// How far data are from a law: Kolmogorov-Smirnov and Anderson-Darling statistics, and the tails
// that they need, in logarithms, so that an outlier of 100 standard deviations still counts.

#include "engine/stats/sample.hpp"

#include <functional>

namespace residua::stats {

/// A law symmetric about its location, by its tail: ln P(X - location > distance) for a distance of
/// 0 or more.
struct SymmetricLaw {
  double location = 0;
  std::function<double(double distance)> log_tail;
};

struct Goodness {
  double ks = 0;               ///< sup |F_n - F|, 0 to 1
  double anderson_darling = 0; ///< A^2; infinity where a value is outside the law's reach
};

Goodness goodness(const Sample& sample, const SymmetricLaw& law);

// ln P(Z > z) of standard laws, z of any sign for Gauss and of 0 or more for the others.
double log_tail_gauss(double z);
double log_tail_laplace(double z);
double log_tail_logistic(double z);
double log_tail_student(double z, double df);
double log_tail_generalised_gauss(double z, double shape);

} // namespace residua::stats
