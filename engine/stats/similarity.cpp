#include "engine/stats/similarity.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace residua::stats {
namespace {

void require_rows(const Representation& x, Eigen::Index least, const std::string& where) {
  if (x.rows() < least || x.cols() < 1)
    throw Error(cat(where, ": ", x.rows(), " items of ", x.cols(), " features"),
                cat("give at least ", least, " items and 1 feature"));
  for (Eigen::Index row = 0; row < x.rows(); ++row)
    if (!x.row(row).allFinite())
      throw Error(cat(where, ": item ", row + 1, " of ", x.rows(), " has NaN or infinite features"),
                  "leave it out, or find out why it is not finite");
}

void require_aligned(const Representation& x, const Representation& y, Eigen::Index least,
                     const std::string& function) {
  require_rows(x, least, function + ": x");
  require_rows(y, least, function + ": y");
  if (x.rows() != y.rows())
    throw Error(cat(function, ": y has ", y.rows(), " items where x has ", x.rows()),
                "give the same items in the same order");
}

void require_same_features(const Representation& x, const Representation& y,
                           const std::string& function) {
  if (x.cols() != y.cols())
    throw Error(cat(function, ": y has ", y.cols(), " features where x has ", x.cols()),
                "give as many of each");
}

/// Sum of the products of two Gram matrices, tr(K L), by whichever of its two forms is cheaper.
double gram_product(const RowMatrix& x, const RowMatrix& y) {
  const double n = static_cast<double>(x.rows());
  const double p = static_cast<double>(x.cols()), q = static_cast<double>(y.cols());
  if (n * (p + q) < p * q)
    return (x * x.transpose()).cwiseProduct(y * y.transpose()).sum();
  return (x.transpose() * y).squaredNorm();
}

/// Row sums of the Gram matrix without its diagonal.
Eigen::VectorXd row_sums(const RowMatrix& x) {
  const Eigen::VectorXd total = x.colwise().sum().transpose();
  return x * total - x.rowwise().squaredNorm();
}

/// HSIC_1 of centred representations; it ignores offsets, and loses no digits without them.
double hsic_of_centered(const RowMatrix& x, const RowMatrix& y) {
  const double n = static_cast<double>(x.rows());
  const double trace =
      gram_product(x, y) - x.rowwise().squaredNorm().dot(y.rowwise().squaredNorm());
  const Eigen::VectorXd k = row_sums(x), l = row_sums(y);
  const double sums = k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * k.dot(l);
  return (trace + sums) / (n * (n - 3));
}

/// Centred and scaled so that no product overflows; CKA ignores the scale. What only rounding
/// varies becomes 0.
RowMatrix standardized(const Representation& x) {
  RowMatrix deviations = centered(x);
  const double largest = deviations.cwiseAbs().maxCoeff();
  if (largest <= 1e-13 * x.cwiseAbs().maxCoeff())
    return RowMatrix::Zero(x.rows(), x.cols());
  deviations /= largest;
  return deviations;
}

RowMatrix unit_rows(const Representation& x) {
  RowMatrix result = x;
  for (Eigen::Index row = 0; row < result.rows(); ++row)
    result.row(row).stableNormalize(); // leaves a row of zeros as it is
  return result;
}

/// Share of rows of x whose nearest row of y is their own; in blocks, to keep no n x n matrix.
double hits(const RowMatrix& x, const RowMatrix& y) {
  constexpr Eigen::Index kBlock = 128;
  constexpr double kSlack = 1e-12; // cosines this close tie: equal rows may round apart
  double found = 0;
  for (Eigen::Index from = 0; from < x.rows(); from += kBlock) {
    interrupt::poll();
    const Eigen::Index size = std::min(kBlock, x.rows() - from);
    const RowMatrix cosines = x.middleRows(from, size) * y.transpose();
    for (Eigen::Index row = 0; row < size; ++row) {
      const double own = cosines(row, from + row);
      if ((cosines.row(row).array() <= own + kSlack).all())
        found += 1 / static_cast<double>((cosines.row(row).array() >= own - kSlack).count());
    }
  }
  return found / static_cast<double>(x.rows());
}

} // namespace

RowMatrix centered(const Representation& x) {
  require_rows(x, 1, "centered: x");
  return x.rowwise() - x.colwise().mean();
}

double unbiased_hsic(const Representation& x, const Representation& y) {
  require_aligned(x, y, 4, "unbiased_hsic");
  return hsic_of_centered(centered(x), centered(y));
}

double linear_cka(const Representation& x, const Representation& y) {
  require_aligned(x, y, 4, "linear_cka");
  const RowMatrix a = standardized(x), b = standardized(y);
  const double scale = hsic_of_centered(a, a) * hsic_of_centered(b, b);
  return scale > 0 ? hsic_of_centered(a, b) / std::sqrt(scale)
                   : std::numeric_limits<double>::quiet_NaN();
}

double mean_cosine(const Representation& x, const Representation& y) {
  require_aligned(x, y, 1, "mean_cosine");
  require_same_features(x, y, "mean_cosine");
  return unit_rows(x).cwiseProduct(unit_rows(y)).rowwise().sum().mean();
}

double retrieval(const Representation& x, const Representation& y) {
  require_aligned(x, y, 1, "retrieval");
  require_same_features(x, y, "retrieval");
  const RowMatrix a = unit_rows(x), b = unit_rows(y);
  return (hits(a, b) + hits(b, a)) / 2;
}

} // namespace residua::stats
