#pragma once
// Mutual information of samples by nearest neighbours. Rows are items; columns are features.

#include "engine/stats/similarity.hpp"

#include <cstdint>

namespace residua::stats {

struct MutualInformationOptions {
  int64_t neighbors = 3; ///< k: less bias with few, less variance with many
  uint64_t seed = 1;     ///< of the jitter
};

/// Estimate 1 of Kraskov, Stoegbauer and Grassberger 2004 [nats] with the maximum norm over all
/// features: about 0 for independent data, where it may be negative, and too low in many
/// dimensions: project first. As scikit-learn does, each feature is centred, brought to standard
/// deviation 1 and given Gaussian noise of 1e-10, which breaks ties; a constant feature tells
/// nothing. Takes at least neighbors + 1 items.
double mutual_information(const Representation& x, const Representation& y,
                          const MutualInformationOptions& options = {});

} // namespace residua::stats
