#pragma once
// Logistic regression with an L2 penalty, for linear probes: two classes or many (softmax).

#include "engine/stats/design.hpp"

#include <cstdint>

namespace residua::stats {

struct LogisticOptions {
  double penalty =
      1; ///< scikit-learn's 1 / C: penalty / 2 * |coefficients|^2 beside the summed loss
  bool standardize = false; ///< penalise coefficients of predictors over their standard deviation
  std::span<const double> weights = {}; ///< of each item
};

/// Log-odds against class 0 of two classes: one row. Of more: a row each, up to a common constant
/// that is fixed by intercepts that sum to 0 (and coefficients too, which a penalty does by
/// itself).
struct LogisticModel {
  RowMatrix coefficients; ///< [1 or classes, predictors], of the predictors as given
  Eigen::VectorXd intercepts;
  int64_t classes;
  double log_loss; ///< nats per item of the training data, by weight, without the penalty
  int64_t steps;   ///< of Newton's method
};

/// Fits by Newton's method with conjugate gradients until no logit changes by 1e-9. `labels` are
/// 0 ... classes - 1, each used. Throws Error where no optimum exists: without a penalty, classes
/// that the predictors separate, or predictors that depend on each other.
LogisticModel logistic(std::span<const int64_t> labels, const Representation& x, Names names = {},
                       const LogisticOptions& options = {});

/// [items, classes]; rows sum to 1.
RowMatrix probabilities(const LogisticModel& model, const Representation& x);

/// Most likely class of each item; the lowest where several are.
std::vector<int64_t> predicted(const LogisticModel& model, const Representation& x);

/// Share of items whose most likely class is theirs.
double accuracy(const LogisticModel& model, const Representation& x,
                std::span<const int64_t> labels);

/// Mean of -ln of the probability of each item's class, in nats.
double log_loss(const LogisticModel& model, const Representation& x,
                std::span<const int64_t> labels);

} // namespace residua::stats
