#pragma once
// Design matrices [items, predictors]: their checks, centring and scale, shared by the regressions.

#include "engine/stats/similarity.hpp"

#include <span>
#include <string>
#include <vector>

namespace residua::stats {

using Names = std::span<const std::string>;

/// Name of a column in messages and results: its own, or "x3" (from 1) where none are given.
std::string predictor_name(Names names, Eigen::Index column);

/// Throws Error unless x has `rows` rows and at least one column, as many columns as there are
/// names (if any), and only values of at most 1e100 in size, whose squares do not overflow.
void require_design(const Representation& x, std::size_t rows, Names names,
                    const std::string& function);

/// Throws Error unless the values are finite and at most 1e100 in size.
void require_moderate(std::span<const double> values, const std::string& where);

/// Throws Error unless `weights` is empty or has `size` positive numbers.
void require_weights(std::span<const double> weights, std::size_t size,
                     const std::string& function);

/// A view of values as a column.
inline Eigen::Map<const Eigen::VectorXd> as_column(std::span<const double> values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

/// The weights, or ones where none are given.
Eigen::VectorXd weights_or_ones(std::span<const double> weights, std::size_t size);

/// Mean by weight; exactly the value where all are equal.
double weighted_mean(const Eigen::VectorXd& values, const Eigen::VectorXd& weights);

/// Throws Error that names the first column that is constant (zero, without an intercept) or a
/// linear combination of those before it. `columns` are centred where there is an intercept.
void require_full_rank(const Eigen::MatrixXd& columns, Names names, bool intercept,
                       const std::string& function);

/// Columns less their means and over their scales: x = columns * scales + means.
struct Standardized {
  Eigen::MatrixXd columns;
  Eigen::VectorXd means;
  Eigen::VectorXd scales; ///< 1, or the standard deviation (of n) where it is not 0
};

/// Means and deviations by weight.
Standardized standardized(const Representation& x, const Eigen::VectorXd& weights,
                          bool unit_variance);

} // namespace residua::stats
