#include "engine/stats/covariance.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/finite.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>

namespace residua::stats {
namespace {

constexpr Eigen::Index kMostFeatures = 16384; // 2 GiB of sums
constexpr Eigen::Index kPiece = 1024;         // rows: long enough for a fast matrix product

} // namespace

template <class Matrix> void Covariance::check_rows(const Eigen::Ref<const Matrix>& rows) const {
  if (rows.cols() < 1 || rows.cols() > kMostFeatures)
    throw Error(cat("Covariance: rows of ", rows.cols(), " features"),
                cat("give 1 to ", kMostFeatures));
  if (features() != 0 && rows.cols() != features())
    throw Error(cat("Covariance: rows of ", rows.cols(), " features after rows of ", features()),
                "give as many each time");
  for (Eigen::Index i = 0; i < rows.rows(); ++i)
    if (!rows.row(i).allFinite())
      throw Error(
          cat("Covariance: row ", i + 1, " of ", rows.rows(), " has NaN or infinite features"),
          "leave it out, or find out why it is not finite");
}

/// Deviations are taken from the piece's first row, then from its mean, so that constant features
/// have a variance of exactly 0 and an offset costs no digits.
template <class Matrix>
void Covariance::add_rows(const Eigen::Ref<const Matrix>& rows, std::span<const double> weights) {
  check_rows(rows);
  for (Eigen::Index from = 0; from < rows.rows(); from += kPiece) {
    const Eigen::Index size = std::min(kPiece, rows.rows() - from);
    RowMatrix piece = rows.middleRows(from, size).template cast<double>();
    const Eigen::RowVectorXd first = piece.row(0);
    piece.rowwise() -= first;
    Eigen::VectorXd weight = Eigen::VectorXd::Ones(size);
    if (!weights.empty())
      weight = Eigen::Map<const Eigen::VectorXd>(weights.data() + from, size);
    const double count = weight.sum();
    if (count == 0)
      continue;
    const Eigen::RowVectorXd shift = weight.transpose() * piece / count;
    piece.rowwise() -= shift;
    piece.array().colwise() *= weight.array().sqrt();
    Eigen::MatrixXd scatter = Eigen::MatrixXd::Zero(piece.cols(), piece.cols());
    scatter.selfadjointView<Eigen::Lower>().rankUpdate(piece.transpose());
    merge_parts(count, (first + shift).transpose(), scatter);
    interrupt::poll();
  }
}

void Covariance::add(const Representation& rows) {
  add_rows<RowMatrix>(rows, {});
}

void Covariance::add(const Eigen::Ref<const FloatRowMatrix>& rows) {
  add_rows<FloatRowMatrix>(rows, {});
}

void Covariance::add(const Representation& rows, std::span<const double> weights) {
  require_weights(weights, static_cast<std::size_t>(rows.rows()), "Covariance");
  add_rows<RowMatrix>(rows, weights);
}

void Covariance::merge(const Covariance& other) {
  if (other.count_ == 0)
    return;
  if (count_ != 0 && features() != other.features())
    throw Error(cat("Covariance: merge of ", features(), " and ", other.features(), " features"),
                "give as many in both");
  merge_parts(other.count_, other.mean_, other.scatter_);
}

void Covariance::merge_parts(double count, const Eigen::VectorXd& mean,
                             const Eigen::MatrixXd& scatter) {
  if (count_ == 0) {
    count_ = count;
    mean_ = mean;
    scatter_ = scatter;
    return;
  }
  const double total = count_ + count;
  const Eigen::VectorXd apart = mean - mean_;
  scatter_ += scatter;
  scatter_.selfadjointView<Eigen::Lower>().rankUpdate(apart, count_ * (count / total));
  mean_ += apart * (count / total);
  count_ = total;
}

const Eigen::VectorXd& Covariance::mean() const {
  if (count_ == 0)
    throw Error("Covariance: mean of no rows", "add some first");
  return mean_;
}

Eigen::MatrixXd Covariance::covariance() const {
  if (!(count_ > 1))
    throw Error(cat("Covariance: covariance of ", count_, count_ == 1 ? " row" : " rows"),
                "add at least 2");
  const Eigen::MatrixXd full = scatter_.selfadjointView<Eigen::Lower>();
  return full / (count_ - 1);
}

Eigen::VectorXd Covariance::eigenvalues() const {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance(), Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success)
    throw Error(cat("Covariance: eigenvalues of ", features(), " features did not converge"),
                "scale the features to a common range");
  return solver.eigenvalues().reverse().cwiseMax(0.0);
}

} // namespace residua::stats
