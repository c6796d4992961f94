#pragma once
// Singular values of a matrix, and how many directions they say it uses.

#include "engine/stats/similarity.hpp"

#include <span>
#include <vector>

namespace residua::stats {

/// Singular values, descending, as many as the shorter side has. Long matrices are first reduced to
/// a triangle by orthogonal steps over blocks of rows, so that little more memory than a block is
/// needed; the eigenvalues of the Gram matrix would be faster, but lose those below 1e-8 of the
/// largest, and with them the condition number.
std::vector<double> singular_values(const Representation& matrix);

/// Effective ranks of singular values s; all 0 where every s is.
struct EffectiveRanks {
  double entropy;         ///< exp of the entropy of s / sum s (Roy and Vetterli 2007)
  double entropy_squared; ///< the same of s^2
  double participation;   ///< (sum s^2)^2 / sum s^4
  double stable;          ///< sum s^2 / max s^2
  double share;           ///< of s over 0.01 max s, 0 to 1
  double condition;       ///< max s / min s: infinite where min s is 0, NaN where all are
};

EffectiveRanks effective_ranks(std::span<const double> singular_values);

/// Eigenvalues of a covariance, descending; those below 0 by rounding are 0.
std::vector<double> covariance_eigenvalues(const Representation& covariance);

/// The least number of principal components that hold `share` (0 to 1) of the variance; 0 where
/// there is none. The eigenvalues may come in any order.
int64_t pca_dimensions(std::span<const double> eigenvalues, double share = 0.95);

} // namespace residua::stats
