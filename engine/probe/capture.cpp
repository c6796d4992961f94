#include "engine/probe/site_sink.hpp"

#include "engine/error.hpp"

#include <ATen/ATen.h>

namespace residua {

void SiteSink::require_flat(const std::vector<Site>& sites) {
  for (const Site& site : sites)
    if (site.point == Point::attn_pattern)
      throw Error(cat("site '", site.name(), "' has no fixed width"),
                  "capture it with reduce = \"tensor\"");
}

at::Tensor text_value(const Site& site, const Packed& packed, const at::Tensor& value,
                      int64_t row) {
  if (site.point != Point::attn_pattern)
    return packed.row(value, row);
  const int64_t n = packed.lengths[row];
  return value.select(0, row).narrow(1, 0, n).narrow(2, 0, n);
}

/// Folds all values into one Statistic per model, site and group of texts.
template <class Statistic> class GroupedSink : public SiteSink {
 public:
  GroupedSink(std::size_t models, const std::vector<Site>& sites,
              const std::vector<int64_t>& group_of_text, int64_t groups)
      : SiteSink(sites), captured(models), group_of_text_(group_of_text) {
    for (auto& of_model : captured)
      of_model.assign(sites.size(), std::vector<Statistic>(groups));
  }
  void observe(const Site& site, const Packed& packed, const at::Tensor& value,
               const ModelIndexes& models) override {
    for (int64_t row = 0; row < packed.rows(); ++row) {
      const at::Tensor part =
          text_value(site, packed, value, row).to(at::kCPU, at::kFloat).contiguous();
      Statistic block;
      block.add(std::span(part.data_ptr<float>(), part.numel()));
      for (const std::size_t model : models)
        captured[model][index(site)][group_of_text_[packed.texts[row]]].merge(block);
    }
  }
  PerModelAndSite<std::vector<Statistic>> captured;

 private:
  const std::vector<int64_t>& group_of_text_;
};

PerModelAndSite<std::vector<stats::Moments>>
capture_moments(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                const std::vector<Site>& sites, const std::vector<int64_t>& group_of_text,
                int64_t groups) {
  GroupedSink<stats::Moments> sink(models.size(), sites, group_of_text, groups);
  run(models, texts, sink);
  return std::move(sink.captured);
}

PerModelAndSite<std::vector<stats::QuantileSketch>>
capture_sketches(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                 const std::vector<Site>& sites, const std::vector<int64_t>& group_of_text,
                 int64_t groups) {
  GroupedSink<stats::QuantileSketch> sink(models.size(), sites, group_of_text, groups);
  run(models, texts, sink);
  return std::move(sink.captured);
}

void ValueSummary::add(std::span<const float> values) {
  moments.add(values);
  sketch.add(values);
}

void ValueSummary::merge(const ValueSummary& other) {
  moments.merge(other.moments);
  sketch.merge(other.sketch);
}

PerModelAndSite<std::vector<ValueSummary>>
capture_summaries(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                  const std::vector<Site>& sites, const std::vector<int64_t>& group_of_text,
                  int64_t groups) {
  GroupedSink<ValueSummary> sink(models.size(), sites, group_of_text, groups);
  run(models, texts, sink);
  return std::move(sink.captured);
}

class MeanSink : public SiteSink {
 public:
  MeanSink(std::size_t models, const std::vector<Site>& sites, std::size_t texts)
      : SiteSink(sites), means(models, std::vector<at::Tensor>(sites.size())), texts_(texts) {
    require_flat(sites);
  }
  void observe(const Site& site, const Packed& packed, const at::Tensor& value,
               const ModelIndexes& models) override {
    at::Tensor batch = at::empty({packed.rows(), value.size(1)}, at::kDouble);
    for (int64_t row = 0; row < packed.rows(); ++row)
      batch.select(0, row).copy_(packed.row(value, row).mean(0, false, at::kDouble));
    const at::Tensor where = at::tensor(packed.texts, at::kLong);
    for (const std::size_t model : models) {
      at::Tensor& all = means[model][index(site)];
      if (!all.defined())
        all = at::zeros({static_cast<int64_t>(texts_), value.size(1)}, at::kDouble);
      all.index_copy_(0, where, batch);
    }
  }
  PerModelAndSite<at::Tensor> means;

 private:
  std::size_t texts_;
};

PerModelAndSite<at::Tensor> capture_means(const std::vector<Model>& models,
                                          const std::vector<TokenIds>& texts,
                                          const std::vector<Site>& sites) {
  MeanSink sink(models.size(), sites, texts.size());
  run(models, texts, sink);
  return std::move(sink.means);
}

class TensorSink : public SiteSink {
 public:
  TensorSink(std::size_t models, const std::vector<Site>& sites, std::size_t texts)
      : SiteSink(sites), tensors(models) {
    for (auto& of_model : tensors)
      of_model.assign(sites.size(), std::vector<at::Tensor>(texts));
  }
  void observe(const Site& site, const Packed& packed, const at::Tensor& value,
               const ModelIndexes& models) override {
    for (int64_t row = 0; row < packed.rows(); ++row) {
      const at::Tensor part = text_value(site, packed, value, row).clone();
      for (const std::size_t model : models)
        tensors[model][index(site)][packed.texts[row]] = part;
    }
  }
  PerModelAndSite<std::vector<at::Tensor>> tensors;
};

PerModelAndSite<std::vector<at::Tensor>> capture_tensors(const std::vector<Model>& models,
                                                         const std::vector<TokenIds>& texts,
                                                         const std::vector<Site>& sites) {
  TensorSink sink(models.size(), sites, texts.size());
  run(models, texts, sink);
  return std::move(sink.tensors);
}

} // namespace residua
