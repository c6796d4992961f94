#include "engine/stats/information.hpp"

#include "engine/error.hpp"
#include "engine/stats/check.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

namespace residua::stats {
namespace {

using Values = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Weights over their sum; over their maximum first, so that no sum overflows.
Values normalized(std::span<const double> weights, const std::string& where) {
  require_at_least(1, weights.size(), where);
  require_finite(weights, where);
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] < 0)
      throw Error(cat(where, ": value ", i + 1, " of ", weights.size(), " is ", weights[i]),
                  "weights are 0 or more");
  const double largest = *std::max_element(weights.begin(), weights.end());
  if (largest == 0)
    throw Error(cat(where, ": all ", weights.size(), " values are 0"),
                "one or more must be positive");
  Values result;
  for (const double weight : weights)
    result.push_back(weight / largest);
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& value : result)
    value /= sum;
  return result;
}

/// p ln(p / q) - p + q, which is never negative; summed over distributions it is their divergence.
/// Near p = q it keeps its digits, where the logarithms of p and q would cancel.
double relative_entropy(double p, double q) {
  if (p == 0)
    return q;
  if (q == 0)
    return kInfinity;
  const double excess = (p - q) / q;
  if (std::abs(excess) < 0.5)
    return q * ((1 + excess) * std::log1p(excess) - excess);
  return p * (std::log(p) - std::log(q)) - p + q;
}

double divergence(const Values& p, const Values& q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    sum += relative_entropy(p[i], q[i]);
  return std::max(sum, 0.0);
}

/// A sample as steps of its distribution function, in ascending order.
struct Steps {
  Values at, mass;
};

Steps steps_of(std::span<const double> values, std::span<const double> weights,
               const std::string& where) {
  require_at_least(1, values.size(), where);
  require_finite(values, where);
  const Values equal(weights.empty() ? values.size() : 0, 1.0);
  if (!weights.empty())
    require_same_size(weights.size(), values.size(), where + " weights", "the sample");
  const Values mass = normalized(weights.empty() ? equal : weights, where + " weights");
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Steps steps;
  for (const std::size_t i : order) {
    steps.at.push_back(values[i]);
    steps.mass.push_back(mass[i]);
  }
  return steps;
}

/// Integral of |line| over a unit interval, from its values at both ends.
double absolute_area(double from, double to) {
  if (from * to >= 0)
    return std::abs(from + to) / 2;
  return (from * from + to * to) / (2 * std::abs(from - to));
}

void require_edges(std::span<const double> edges, std::size_t bins) {
  const std::string where = "wasserstein_histograms: edges";
  require_same_size(edges.size(), bins + 1, where, "bins + 1");
  require_finite(edges, where);
  for (std::size_t i = 1; i < edges.size(); ++i)
    if (edges[i] <= edges[i - 1])
      throw Error(cat(where, ": value ", i + 1, " of ", edges.size(), " is ", edges[i], " after ",
                      edges[i - 1]),
                  "edges ascend");
}

/// Throws Error unless square, finite and symmetric up to rounding.
void require_symmetric(const Representation& matrix, const std::string& where) {
  if (matrix.rows() != matrix.cols() || matrix.rows() < 1)
    throw Error(cat(where, ": ", matrix.rows(), " x ", matrix.cols()), "give a square matrix");
  if (!matrix.allFinite())
    throw Error(where + ": NaN or infinite entries", "find out why they are not finite");
  if ((matrix - matrix.transpose()).cwiseAbs().maxCoeff() > 1e-8 * matrix.cwiseAbs().maxCoeff())
    throw Error(where + ": not symmetric", "give a covariance");
}

} // namespace

double entropy(std::span<const double> weights) {
  double sum = 0;
  for (const double p : normalized(weights, "entropy: weights"))
    sum -= p > 0 ? p * std::log(p) : 0;
  return std::max(sum, 0.0);
}

double kl_divergence(std::span<const double> p, std::span<const double> q) {
  require_same_size(q.size(), p.size(), "kl: q", "p");
  return divergence(normalized(p, "kl: p"), normalized(q, "kl: q"));
}

double jensen_shannon_divergence(std::span<const double> p, std::span<const double> q) {
  require_same_size(q.size(), p.size(), "jensen_shannon: q", "p");
  const Values a = normalized(p, "jensen_shannon: p"), b = normalized(q, "jensen_shannon: q");
  Values middle;
  for (std::size_t i = 0; i < a.size(); ++i)
    middle.push_back((a[i] + b[i]) / 2);
  const double nats = (divergence(a, middle) + divergence(b, middle)) / 2;
  return std::min(nats / std::numbers::ln2, 1.0);
}

double jensen_shannon_distance(std::span<const double> p, std::span<const double> q) {
  return std::sqrt(jensen_shannon_divergence(p, q));
}

double wasserstein(std::span<const double> x, std::span<const double> y,
                   std::span<const double> x_weights, std::span<const double> y_weights) {
  const Steps a = steps_of(x, x_weights, "wasserstein: x");
  const Steps b = steps_of(y, y_weights, "wasserstein: y");
  double area = 0, difference = 0, last = std::min(a.at[0], b.at[0]);
  for (std::size_t i = 0, j = 0; i < a.at.size() || j < b.at.size();) {
    const bool from_a = j == b.at.size() || (i < a.at.size() && a.at[i] <= b.at[j]);
    const double at = from_a ? a.at[i] : b.at[j];
    area += std::abs(difference) * (at - last);
    difference += from_a ? a.mass[i++] : -b.mass[j++];
    last = at;
  }
  return area;
}

double wasserstein_histograms(std::span<const double> p, std::span<const double> q,
                              std::span<const double> edges) {
  const std::string name = "wasserstein_histograms: ";
  require_same_size(q.size(), p.size(), name + "q", "p");
  const Values a = normalized(p, name + "p"), b = normalized(q, name + "q");
  require_edges(edges, a.size());
  double area = 0, before = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double after = before + a[i] - b[i];
    area += absolute_area(before, after) * (edges[i + 1] - edges[i]);
    before = after;
  }
  return area;
}

double gaussian_entropy(const Representation& covariance) {
  const std::string where = "gaussian_entropy: covariance";
  require_symmetric(covariance, where);
  const Eigen::VectorXd variances = covariance.diagonal();
  const auto n = static_cast<double>(variances.size());
  if (variances.minCoeff() < 0)
    throw Error(cat(where, ": a variance is ", variances.minCoeff()), "give a covariance");
  if (variances.minCoeff() == 0)
    return -kInfinity;
  // as a correlation matrix, so that variances of different sizes lose no digits
  const Eigen::VectorXd scale = variances.cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd correlation = scale.asDiagonal() * covariance * scale.asDiagonal();
  const Eigen::VectorXd pivots = correlation.ldlt().vectorD();
  if (pivots.minCoeff() < -1e-8)
    throw Error(where + ": not positive semidefinite", "give a covariance");
  if (pivots.minCoeff() <= n * std::numeric_limits<double>::epsilon())
    return -kInfinity;
  const double log_determinant = pivots.array().log().sum() + variances.array().log().sum();
  return 0.5 * (n * std::log(2 * std::numbers::pi * std::numbers::e) + log_determinant);
}

} // namespace residua::stats
