#include "engine/stats/spectrum.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/check.hpp"
#include "engine/stats/information.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace residua::stats {
namespace {

using Index = Eigen::Index;
using Eigen::MatrixXd;

void require_matrix(const Representation& matrix, const std::string& where) {
  if (matrix.size() == 0)
    throw Error(cat(where, ": ", matrix.rows(), " x ", matrix.cols(), " has no entries"),
                "give a matrix with rows and columns");
  for (Index row = 0; row < matrix.rows(); ++row)
    if (!matrix.row(row).allFinite())
      throw Error(
          cat(where, ": row ", row + 1, " of ", matrix.rows(), " has NaN or infinite entries"),
          "find out why they are not finite");
}

/// The triangle R of the QR decomposition.
MatrixXd triangle(const MatrixXd& matrix) {
  const Eigen::HouseholderQR<MatrixXd> qr(matrix);
  return qr.matrixQR().topRows(matrix.cols()).triangularView<Eigen::Upper>();
}

/// A square matrix with the singular values of a long one over `scale`, block of rows by block:
/// orthogonal steps leave them as they are. `rows(from, count)` gives a block.
MatrixXd reduced(Index count, Index columns, double scale,
                 const std::function<MatrixXd(Index, Index)>& rows) {
  const Index block = std::max<Index>(4 * columns, 256);
  MatrixXd result = MatrixXd::Zero(columns, columns);
  for (Index from = 0; from < count; from += block) {
    interrupt::poll();
    const Index size = std::min(block, count - from);
    MatrixXd stacked(columns + size, columns);
    stacked << result, rows(from, size) / scale;
    result = triangle(stacked);
  }
  return result;
}

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values)
    sum += value;
  return sum;
}

/// Values over their maximum, to a power; all 0 where the maximum is.
std::vector<double> relative_powers(std::span<const double> values, double largest, int power) {
  std::vector<double> result;
  for (const double value : values)
    result.push_back(largest > 0 ? std::pow(value / largest, power) : 0);
  return result;
}

void require_not_negative(std::span<const double> values, const std::string& where) {
  require_at_least(1, values.size(), where);
  require_finite(values, where);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] < 0)
      throw Error(cat(where, ": value ", i + 1, " of ", values.size(), " is ", values[i]),
                  "none may be negative");
}

} // namespace

std::vector<double> singular_values(const Representation& matrix) {
  require_matrix(matrix, "singular_values");
  const double largest = matrix.cwiseAbs().maxCoeff();
  const Index length = std::min(matrix.rows(), matrix.cols());
  if (largest == 0)
    return std::vector<double>(static_cast<std::size_t>(length));
  const bool wide = matrix.cols() > matrix.rows();
  const MatrixXd square = reduced(wide ? matrix.cols() : matrix.rows(), length, largest,
                                  [&](Index from, Index size) -> MatrixXd {
                                    if (wide)
                                      return matrix.middleCols(from, size).transpose();
                                    return matrix.middleRows(from, size);
                                  });
  const Eigen::VectorXd values = largest * Eigen::BDCSVD<MatrixXd>(square).singularValues();
  return {values.begin(), values.end()};
}

EffectiveRanks effective_ranks(std::span<const double> values) {
  require_not_negative(values, "effective_ranks: singular values");
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (*most == 0)
    return {0, 0, 0, 0, 0, std::numeric_limits<double>::quiet_NaN()};
  const auto first = relative_powers(values, *most, 1), squares = relative_powers(values, *most, 2),
             fourth = relative_powers(values, *most, 4);
  const double energy = sum_of(squares);
  const auto large = std::count_if(first.begin(), first.end(), [](double s) { return s > 0.01; });
  return {std::exp(entropy(first)),
          std::exp(entropy(squares)),
          energy * energy / sum_of(fourth),
          energy,
          static_cast<double>(large) / static_cast<double>(values.size()),
          *most / *least};
}

std::vector<double> covariance_eigenvalues(const Representation& covariance) {
  const std::string where = "covariance_eigenvalues";
  require_matrix(covariance, where);
  if (covariance.rows() != covariance.cols())
    throw Error(cat(where, ": ", covariance.rows(), " x ", covariance.cols()),
                "give a square matrix");
  const double largest = covariance.cwiseAbs().maxCoeff();
  if ((covariance - covariance.transpose()).cwiseAbs().maxCoeff() > 1e-8 * largest)
    throw Error(where + ": not symmetric", "give a covariance");
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(covariance, Eigen::EigenvaluesOnly);
  std::vector<double> values(solver.eigenvalues().begin(), solver.eigenvalues().end());
  std::sort(values.begin(), values.end(), std::greater<>());
  for (double& value : values) {
    if (value < -1e-8 * values.front())
      throw Error(cat(where, ": eigenvalue ", value, " beside ", values.front()),
                  "give a covariance, which has none below 0");
    value = std::max(value, 0.0);
  }
  return values;
}

int64_t pca_dimensions(std::span<const double> eigenvalues, double share) {
  require_not_negative(eigenvalues, "pca_dimensions: eigenvalues");
  if (!(share > 0 && share <= 1))
    throw Error(cat("pca_dimensions: share is ", share),
                "choose one over 0, at most 1, such as 0.95");
  const double largest = *std::max_element(eigenvalues.begin(), eigenvalues.end());
  std::vector<double> descending = relative_powers(eigenvalues, largest, 1);
  std::sort(descending.begin(), descending.end(), std::greater<>());
  const double wanted = share * sum_of(descending) * (1 - 1e-12); // sums round
  double sum = 0;
  int64_t count = 0;
  while (sum < wanted)
    sum += descending[static_cast<std::size_t>(count++)];
  return count;
}

} // namespace residua::stats
