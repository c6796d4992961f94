#include "engine/stats/principal.hpp"

#include "engine/error.hpp"

#include <Eigen/Eigenvalues>

namespace residua::stats {

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
  const Eigen::MatrixXd products = about_mean.transpose() * about_mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products); // ascending
  Eigen::MatrixXd loadings = solver.eigenvectors().rightCols(count).rowwise().reverse();
  for (Eigen::Index k = 0; k < count; ++k) {
    Eigen::Index largest = 0;
    loadings.col(k).cwiseAbs().maxCoeff(&largest);
    if (loadings(largest, k) < 0)
      loadings.col(k) *= -1;
  }
  return about_mean * loadings;
}

} // namespace residua::stats
