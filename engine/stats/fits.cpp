#include "engine/stats/fits.hpp"

#include "engine/error.hpp"
#include "engine/stats/fit_laws.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace residua::stats {
namespace {

constexpr std::array<std::string_view, 6> kNames{"gauss",   "laplace",   "logistic",
                                                 "student", "lognormal", "generalised_gauss"};
constexpr std::array kFitters{fit_gauss,   fit_laplace,   fit_logistic,
                              fit_student, fit_lognormal, fit_generalised_gauss};
static_assert(kNames.size() == kFitters.size());

std::size_t position_of(std::string_view law) {
  const auto found = std::find(kNames.begin(), kNames.end(), law);
  if (found != kNames.end())
    return static_cast<std::size_t>(found - kNames.begin());
  std::string known;
  for (const auto name : kNames)
    known += cat(known.empty() ? "" : ", ", name);
  throw Error(cat("fit: unknown law '", law, "'"), "choose one of: " + known);
}

Fit fit_at(const Sample& sample, std::size_t position) {
  FittedLaw fitted = kFitters[position](sample);
  const Goodness good = goodness(sample, fitted.law);
  Fit result;
  result.law = kNames[position];
  result.params = std::move(fitted.params);
  result.n = static_cast<double>(sample.size());
  result.log_likelihood = fitted.log_likelihood;
  result.bic =
      static_cast<double>(result.params.size()) * std::log(result.n) - 2 * fitted.log_likelihood;
  result.ks = good.ks;
  result.anderson_darling = good.anderson_darling;
  return result;
}

Fits all_fits(const Sample& sample) {
  Fits result;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    try {
      result.fits.push_back(fit_at(sample, i));
    } catch (const Error& e) {
      result.left_out.emplace_back(kNames[i], e.what());
    }
  }
  std::stable_sort(result.fits.begin(), result.fits.end(),
                   [](const Fit& a, const Fit& b) { return a.bic < b.bic; });
  return result;
}

} // namespace

const std::span<const std::string_view> kLaws = kNames;

double Fit::param(std::string_view name) const {
  for (const auto& [own, value] : params)
    if (own == name)
      return value;
  throw Error(cat("fit: ", law, " has no param '", name, "'"), "see its params");
}

Fit fit(const Sample& sample, std::string_view law) {
  return fit_at(sample, position_of(law));
}

Fit fit(std::span<const double> values, std::string_view law) {
  const std::size_t position = position_of(law); // before the sort
  return fit_at(Sample(values, "fit"), position);
}

Fit fit(std::span<const float> values, std::string_view law) {
  const std::size_t position = position_of(law);
  return fit_at(Sample(values, "fit"), position);
}

Fits fits(std::span<const double> values) {
  return all_fits(Sample(values, "fits"));
}

Fits fits(std::span<const float> values) {
  return all_fits(Sample(values, "fits"));
}

} // namespace residua::stats
