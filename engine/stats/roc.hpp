#pragma once
// How well a score tells positives from negatives: area under the ROC curve, best threshold.

#include "engine/stats/paired.hpp"

#include <vector>

namespace residua::stats {

/// A score of at least `estimate` predicts a positive.
struct Threshold {
  double estimate; ///< the score that maximises Youden's J; the greatest where several do
  double low;      ///< percentile interval; NaN where a class has fewer than kFewestUnits
  double high;
  double youden; ///< J = sensitivity + specificity - 1
  double sensitivity;
  double specificity;
};

struct Roc {
  Effect auc;
  Threshold threshold;
};

/// Area under the ROC curve (the probability that a positive scores above a negative, ties counting
/// half) with the interval of DeLong et al. 1988 on the logit scale, NaN where it has no variance
/// (perfect separation, or a class of one item), and Mann-Whitney's p against 0.5. The interval of
/// the threshold resamples each class by itself. Throws Error where a class has no item.
Roc roc(std::span<const double> scores, const std::vector<bool>& labels,
        const EffectOptions& options = {});

} // namespace residua::stats
