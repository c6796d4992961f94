#include "engine/stats/moments.hpp"

#include "engine/stats/finite.hpp"

#include <algorithm>
#include <cmath>

namespace residua::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kPiece = 1024; // short enough for the first-level cache and plain summation

/// Moments of a short, non-empty piece: the mean first, then powers of deviations.
template <class Value> Moments moments_of(std::span<const Value> values) {
  Moments result;
  result.n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) {
    sum += value;
    result.min = std::min(result.min, value);
    result.max = std::max(result.max, value);
  }
  const bool constant = result.min == result.max; // sum / n may round: keep constant data exact
  result.mean = constant ? result.min : sum / result.n;
  for (const double value : values) {
    const double d = value - result.mean;
    result.m2 += d * d;
    result.m3 += d * d * d;
    result.m4 += d * d * d * d;
  }
  return result;
}

template <class Value> void add_pieces(Moments& moments, std::span<const Value> values) {
  require_all_finite(values, "moments");
  for (std::size_t from = 0; from < values.size(); from += kPiece)
    moments.merge(moments_of(values.subspan(from, std::min(kPiece, values.size() - from))));
}

bool has_shape(const Moments& moments) {
  return moments.n > 0 && moments.min < moments.max;
}

} // namespace

void Moments::add(double value) {
  add(std::span<const double>(&value, 1));
}

void Moments::add(std::span<const double> values) {
  add_pieces(*this, values);
}

void Moments::add(std::span<const float> values) {
  add_pieces(*this, values);
}

void Moments::merge(const Moments& other) {
  if (other.n == 0)
    return;
  const double na = n, nb = other.n, total = na + nb;
  const double d = other.mean - mean;
  const double share = nb / total;
  m4 += other.m4 + d * d * d * d * na * share * (na * na - na * nb + nb * nb) / (total * total) +
        6 * d * d * (na * na * other.m2 + nb * nb * m2) / (total * total) +
        4 * d * (na * other.m3 - nb * m3) / total;
  m3 += other.m3 + d * d * d * na * share * (na - nb) / total +
        3 * d * (na * other.m2 - nb * m2) / total;
  m2 += other.m2 + d * d * na * share;
  mean = na == 0 ? other.mean : mean + d * share;
  n = total;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
}

double Moments::variance() const {
  return n < 2 ? kNaN : m2 / (n - 1);
}

double Moments::std() const {
  return std::sqrt(variance());
}

double Moments::skewness() const {
  return has_shape(*this) ? std::sqrt(n) * m3 / std::pow(m2, 1.5) : kNaN;
}

double Moments::kurtosis() const {
  return has_shape(*this) ? n * m4 / (m2 * m2) - 3 : kNaN;
}

double Moments::kurtosis_unbiased() const {
  return n < 4 ? kNaN : (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis() + 6);
}

Moments moments(std::span<const double> values) {
  Moments result;
  result.add(values);
  return result;
}

} // namespace residua::stats
