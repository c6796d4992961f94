#pragma once
// Probes: sinks that fold activations into statistics while the models run.
// Results are indexed [model][site], sites in the order of the forward pass.

#include "engine/stats/moments.hpp"
#include "engine/stats/quantile_sketch.hpp"
#include "engine/sweep/runner.hpp"

#include <span>
#include <string>
#include <vector>

namespace residua {

template <class T> using PerModelAndSite = std::vector<std::vector<T>>;

/// What a comparison with the reference model measures at each text.
enum class Comparison {
  cosine,        ///< mean over tokens of the cosine between the two activations, -1 to 1
  relative_error ///< Frobenius norm of the difference over that of the reference's activation
};

/// Moments of all values at each site, split by the group of each text (0 to groups - 1).
PerModelAndSite<std::vector<stats::Moments>>
capture_moments(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                const std::vector<Site>& sites, const std::vector<int64_t>& group_of_text,
                int64_t groups);

/// Quantile sketches of all values at each site, split likewise.
PerModelAndSite<std::vector<stats::QuantileSketch>>
capture_sketches(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                 const std::vector<Site>& sites, const std::vector<int64_t>& group_of_text,
                 int64_t groups);

/// Both of the above, from one run.
struct ValueSummary {
  stats::Moments moments;
  stats::QuantileSketch sketch;
  void add(std::span<const float> values);
  void merge(const ValueSummary& other);
};

PerModelAndSite<std::vector<ValueSummary>>
capture_summaries(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                  const std::vector<Site>& sites, const std::vector<int64_t>& group_of_text,
                  int64_t groups);

/// The mean activation of each text: [texts, width], float64.
PerModelAndSite<at::Tensor> capture_means(const std::vector<Model>& models,
                                          const std::vector<TokenIds>& texts,
                                          const std::vector<Site>& sites);

/// Per text, each model against `reference`. With `centers` (one [width] tensor per site) these are
/// subtracted first.
PerModelAndSite<std::vector<double>> compare(const Model& reference,
                                             const std::vector<Model>& models,
                                             const std::vector<TokenIds>& texts,
                                             const std::vector<Site>& sites, Comparison comparison,
                                             const std::vector<at::Tensor>& centers = {});

/// Whole activations, one tensor per text, in the site's documented shape.
PerModelAndSite<std::vector<at::Tensor>> capture_tensors(const std::vector<Model>& models,
                                                         const std::vector<TokenIds>& texts,
                                                         const std::vector<Site>& sites);

/// The part of a site's value that belongs to one text, in the site's documented shape.
at::Tensor text_value(const Site& site, const Packed& packed, const at::Tensor& value, int64_t row);

} // namespace residua
