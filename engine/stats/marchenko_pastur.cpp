#include "engine/stats/marchenko_pastur.hpp"

#include "engine/error.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/moments.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace residua::stats {
namespace {

constexpr double kPi = std::numbers::pi;

void require_positive(double value, const char* name) {
  if (!(value > 0 && std::isfinite(value)))
    throw Error(cat("marchenko_pastur: ", name, " is ", value), "choose a positive number");
}

/// Largest distance between the law and the steps of the ascending values.
double ks_distance(const std::vector<double>& ascending, const MarchenkoPastur& law) {
  const auto n = static_cast<double>(ascending.size());
  double largest = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const double expected = law.cdf(ascending[i]), below = static_cast<double>(i) / n;
    largest = std::max({largest, expected - below, below + 1 / n - expected});
  }
  return largest;
}

} // namespace

MarchenkoPastur::MarchenkoPastur(double ratio, double variance)
    : ratio_(ratio), variance_(variance) {
  require_positive(ratio, "ratio");
  require_positive(variance, "variance");
}

double MarchenkoPastur::lower() const {
  const double side = 1 - std::sqrt(ratio_);
  return variance_ * side * side;
}

double MarchenkoPastur::upper() const {
  const double side = 1 + std::sqrt(ratio_);
  return variance_ * side * side;
}

double MarchenkoPastur::density(double x) const {
  if (!(x > 0 && x > lower() && x < upper()))
    return 0;
  return std::sqrt(upper() - x) * std::sqrt(x - lower()) / (2 * kPi * variance_ * ratio_ * x);
}

double MarchenkoPastur::cdf(double x) const {
  if (ratio_ > 1) // the transposed matrix has the same eigenvalues but 0, over another n
    return x < 0 ? 0 : 1 + (MarchenkoPastur(1 / ratio_, variance_).cdf(x / ratio_) - 1) / ratio_;
  const double a = lower() / variance_, b = upper() / variance_, y = x / variance_;
  if (y <= a)
    return 0;
  if (y >= b)
    return 1;
  const double width = std::sqrt(b - y) * std::sqrt(y - a), c = ratio_;
  const double centre = (1 + c) * std::atan2(a + b - 2 * y, 2 * width);
  const double edge = (1 - c) * std::atan2(2 * a * b - (a + b) * y, 2 * (1 - c) * width);
  return std::clamp((kPi * c + width - centre + edge) / (2 * kPi * c), 0.0, 1.0);
}

SpectralFit compare_with_marchenko_pastur(std::span<const double> singular_values, int64_t rows,
                                          int64_t columns, double variance) {
  const std::string where = "marchenko_pastur: singular values";
  const auto [shorter, longer] = std::minmax(rows, columns);
  require_at_least(1, singular_values.size(), where);
  require_same_size(singular_values.size(), static_cast<std::size_t>(std::max<int64_t>(shorter, 0)),
                    where, "the shorter side");
  require_finite(singular_values, where);
  const auto n = static_cast<double>(longer);
  const MarchenkoPastur law(static_cast<double>(shorter) / n, variance);
  std::vector<double> eigenvalues;
  for (const double s : singular_values)
    eigenvalues.push_back(s * s / n);
  std::sort(eigenvalues.begin(), eigenvalues.end());
  const auto outside = std::count_if(eigenvalues.begin(), eigenvalues.end(), [&](double value) {
    return value < law.lower() || value > law.upper();
  });
  return {law.ratio(),
          variance,
          law.lower(),
          law.upper(),
          ks_distance(eigenvalues, law),
          static_cast<double>(outside) / static_cast<double>(eigenvalues.size())};
}

double entry_variance(const Representation& matrix) {
  Moments moments;
  for (Eigen::Index row = 0; row < matrix.rows(); ++row)
    for (Eigen::Index column = 0; column < matrix.cols(); ++column)
      moments.add(matrix(row, column));
  require_at_least(1, static_cast<std::size_t>(moments.n), "marchenko_pastur: matrix");
  return moments.m2 / moments.n;
}

} // namespace residua::stats
