#include "engine/stats/principal.hpp"

#include "engine/error.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>

namespace residua::stats {
namespace {

using Eigen::MatrixXd;

/// The greatest eigenvalues of a symmetric matrix, descending, and their vectors.
struct Leading {
  Eigen::VectorXd values;
  MatrixXd vectors;
};

Leading leading(const MatrixXd& symmetric, int64_t count) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric); // ascending
  return {solver.eigenvalues().tail(count).reverse(),
          solver.eigenvectors().rightCols(count).rowwise().reverse()};
}

/// 1, or -1 where the largest of the loadings is negative.
double sign_of_largest(const Eigen::VectorXd& loadings) {
  Eigen::Index largest = 0;
  loadings.cwiseAbs().maxCoeff(&largest);
  return loadings[largest] < 0 ? -1 : 1;
}

RowMatrix by_features(const RowMatrix& x, int64_t count) {
  MatrixXd loadings = leading(x.transpose() * x, count).vectors;
  for (Eigen::Index k = 0; k < count; ++k)
    loadings.col(k) *= sign_of_largest(loadings.col(k));
  return x * loadings;
}

/// From the matrix of the items, which is the smaller one: its eigenvectors are the scores, but for
/// their length.
RowMatrix by_items(const RowMatrix& x, int64_t count) {
  const Leading items = leading(x * x.transpose(), count);
  RowMatrix scores = items.vectors * items.values.cwiseMax(0).cwiseSqrt().asDiagonal();
  for (Eigen::Index k = 0; k < count; ++k)
    scores.col(k) *= sign_of_largest(x.transpose() * items.vectors.col(k));
  return scores;
}

} // namespace

RowMatrix principal_components(const Representation& items, int64_t count) {
  const int64_t most = std::min<int64_t>(items.rows(), items.cols());
  if (count < 1 || count > most)
    throw Error(cat("principal_components: ", count, " of ", items.rows(), " items with ",
                    items.cols(), " features"),
                cat("ask for 1 to ", most));
  if (!items.allFinite())
    throw Error("principal_components: there are NaN or infinite entries",
                "find out why they are not finite");
  const RowMatrix about_mean = items.rowwise() - items.colwise().mean();
  return items.rows() < items.cols() ? by_items(about_mean, count) : by_features(about_mean, count);
}

} // namespace residua::stats
