#pragma once
// One function per law: its params at the maximum of the likelihood. Used by fits.cpp only.

#include "engine/stats/goodness.hpp"
#include "engine/stats/sample.hpp"

#include <string>
#include <utility>
#include <vector>

namespace residua::stats {

/// A fitted law before its goodness is known. Every law here is symmetric about a location.
struct FittedLaw {
  std::vector<std::pair<std::string, double>> params;
  double log_likelihood = 0;
  SymmetricLaw law;
};

FittedLaw fit_gauss(const Sample& sample);
FittedLaw fit_laplace(const Sample& sample);
FittedLaw fit_lognormal(const Sample& sample);
FittedLaw fit_logistic(const Sample& sample);
FittedLaw fit_student(const Sample& sample);
FittedLaw fit_generalised_gauss(const Sample& sample);

/// The log likelihood of the values, from that of (value - center) / unit.
double in_units_of_data(double log_likelihood, const Sample& sample);

} // namespace residua::stats
