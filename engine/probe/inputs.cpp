#include "engine/probe/inputs.hpp"

#include "engine/error.hpp"
#include "engine/probe/site_sink.hpp"

#include <ATen/ATen.h>
#include <cmath>

namespace residua {

namespace {

class InputsSink : public SiteSink {
 public:
  InputsSink(const std::vector<Site>& sites, const std::vector<double>& weights)
      : SiteSink(sites), inputs(sites.size()), weights_(weights) {
    require_flat(sites);
  }

  void observe(const Site& site, const Packed& packed, const at::Tensor& value,
               const ModelIndexes&) override {
    Inputs& sums = inputs[index(site)];
    if (!sums.gram.defined())
      sums = empty(value.size(1));
    const at::Tensor x = value.to(at::kCPU, at::kFloat), weights = token_weights(packed);
    sums.tokens += weights.sum().item<double>();
    const at::Tensor weighted = x * weights.to(at::kFloat).unsqueeze(1);
    // In float64: equal up to rounding whatever the batches.
    sums.gram.add_(at::matmul(weighted.to(at::kDouble).t(), x.to(at::kDouble)));
    sums.mean_abs.add_(weighted.abs().sum(0, false, at::kDouble));
    at::maximum_out(sums.max_abs, sums.max_abs, x.abs().amax(0));
  }

  /// Sums become means.
  std::vector<Inputs> finished() {
    for (Inputs& sums : inputs)
      if (sums.tokens > 0)
        sums.mean_abs.div_(sums.tokens);
    return std::move(inputs);
  }

  std::vector<Inputs> inputs;

 private:
  static Inputs empty(int64_t width) {
    return {0, at::zeros({width, width}, at::kDouble), at::zeros({width}, at::kDouble),
            at::zeros({width}, at::kFloat)};
  }

  at::Tensor token_weights(const Packed& packed) const {
    at::Tensor weights = at::empty({packed.tokens}, at::kDouble);
    for (int64_t row = 0; row < packed.rows(); ++row)
      packed.row(weights, row).fill_(weights_[static_cast<std::size_t>(packed.texts[row])]);
    return weights;
  }

  const std::vector<double>& weights_;
};

} // namespace

std::vector<Inputs> capture_inputs(const Model& model, const std::vector<TokenIds>& texts,
                                   const std::vector<Site>& sites,
                                   const std::vector<double>& weight_of_text) {
  if (weight_of_text.size() != texts.size())
    throw Error(cat(weight_of_text.size(), " weights for ", texts.size(), " texts"),
                "give one per text");
  for (const double weight : weight_of_text)
    if (!(weight >= 0 && std::isfinite(weight)))
      throw Error(cat("a text of weight ", weight), "use 0 or more");
  InputsSink sink(sites, weight_of_text);
  run({model}, texts, sink);
  return sink.finished();
}

} // namespace residua
