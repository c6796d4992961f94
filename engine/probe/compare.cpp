// Models against a reference, in lockstep: no activation outlives its group of batches.

#include "engine/probe/site_sink.hpp"

#include <ATen/ATen.h>

namespace residua {

// [tokens] cosines of matching rows.
static at::Tensor token_cosines(const at::Tensor& x, const at::Tensor& y) {
  const at::Tensor product = (x * y).sum(1), norms = x.square().sum(1) * y.square().sum(1);
  return product / norms.sqrt().clamp_min(1e-30);
}

static double text_score(Comparison comparison, const at::Tensor& x, const at::Tensor& reference) {
  if (comparison == Comparison::cosine)
    return token_cosines(x, reference).mean().item<double>();
  const double norm = reference.norm().item<double>();
  const double difference = (x - reference).norm().item<double>();
  return norm > 0 ? difference / norm : difference > 0 ? INFINITY : 0;
}

// Model 0 is the reference; the runner shows its activations first.
class CompareSink : public SiteSink {
 public:
  CompareSink(std::size_t models, const std::vector<Site>& sites, std::size_t texts,
              Comparison comparison, const std::vector<at::Tensor>& centers)
      : SiteSink(sites), scores(models), comparison_(comparison), centers_(centers) {
    require_flat(sites);
    for (auto& of_model : scores)
      of_model.assign(sites.size(), std::vector<double>(texts));
  }

  void observe(const Site& site, const Packed& packed, const at::Tensor& value,
               const ModelIndexes& models) override {
    const at::Tensor centred = center(site, value);
    at::Tensor& reference = reference_[{site, packed.texts.front()}];
    if (models.front() == 0)
      reference = centred;
    for (int64_t row = 0; row < packed.rows(); ++row) {
      const double score =
          text_score(comparison_, packed.row(centred, row), packed.row(reference, row));
      for (const std::size_t model : models)
        scores[model][index(site)][packed.texts[row]] = score;
    }
  }
  void done() override { reference_.clear(); }
  double kept_bytes(const Architecture& a) const override {
    double bytes = 0;
    for (const Site& site : sites())
      bytes += static_cast<double>(width_of(site, a)) * sizeof(double);
    return bytes;
  }
  PerModelAndSite<std::vector<double>> scores;

 private:
  at::Tensor center(const Site& site, const at::Tensor& value) const {
    const at::Tensor exact = value.to(at::kDouble);
    return centers_.empty() ? exact : exact - centers_[index(site)].to(exact.device(), at::kDouble);
  }

  Comparison comparison_;
  const std::vector<at::Tensor>& centers_;
  std::map<std::pair<Site, int64_t>, at::Tensor> reference_; // by site and batch (its first text)
};

PerModelAndSite<std::vector<double>> compare(const Model& reference,
                                             const std::vector<Model>& models,
                                             const std::vector<TokenIds>& texts,
                                             const std::vector<Site>& sites, Comparison comparison,
                                             const std::vector<at::Tensor>& centers) {
  std::vector<Model> all = {reference};
  all.insert(all.end(), models.begin(), models.end());
  CompareSink sink(all.size(), sites, texts.size(), comparison, centers);
  run(all, texts, sink);
  sink.scores.erase(sink.scores.begin());
  return std::move(sink.scores);
}

} // namespace residua
