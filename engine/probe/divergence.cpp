#include "engine/probe/divergence.hpp"

#include "engine/interrupt.hpp"
#include "engine/kernel/product.hpp"
#include "engine/kernel/token_loss.hpp"

#include <ATen/ATen.h>
#include <map>

namespace residua {
namespace {

/// The places of a batch that predict a token.
struct Places {
  std::vector<int64_t> from, into; ///< tokens of the batch, and rows of the result
};

/// Models that compute the same, and the stream that their head reads: [predicting, width].
struct Branch {
  ModelIndexes models;
  at::Tensor hidden;
};

/// One batch of texts until its logits are made; branch 0 has the base.
struct Batch {
  at::Tensor targets; ///< [predicting], the tokens to predict
  at::Tensor into;    ///< [predicting], on the CPU
  std::vector<Branch> branches;
};

at::Tensor rows_of(const std::vector<int64_t>& indices) {
  return at::tensor(indices, at::kLong);
}

/// [n, vocab] float64 from the stream before the head.
at::Tensor log_probabilities(const Model& model, const at::Tensor& hidden) {
  return at::log_softmax(model.edit({Point::logits}, run_head(model, hidden)), 1, at::kDouble);
}

/// [n, kDivergenceColumns] on the CPU.
at::Tensor token_divergences(const at::Tensor& base, const at::Tensor& changed,
                             const at::Tensor& targets) {
  const auto nll = [&](const at::Tensor& log_p) {
    return log_p.gather(1, targets.unsqueeze(1)).squeeze(1).neg();
  };
  const at::Tensor kld = (base.exp() * (base - changed)).sum(1).clamp_min(0);
  const at::Tensor same = base.argmax(1).eq(changed.argmax(1)).to(at::kDouble);
  return at::stack({kld, nll(base), nll(changed), same}, 1).to(at::kCPU);
}

/// Keeps the streams before the head until all models have passed a batch.
class DivergenceSink : public Sink {
 public:
  DivergenceSink(const std::vector<Model>& models, const std::vector<int64_t>& tokens)
      : models_(models), first_(tokens.size()) {
    int64_t total = 0;
    for (std::size_t text = 0; text < tokens.size(); ++text) {
      first_[text] = total;
      total += tokens[text];
    }
    for (std::size_t model = 1; model < models.size(); ++model)
      values.push_back(at::zeros({total, kDivergenceColumns}, at::kDouble));
  }

  bool wants(const Site& site) const override { return site.point == Point::final; }
  double kept_bytes(const Architecture& a) const override {
    return static_cast<double>(models_.size()) * static_cast<double>(a.embedding_width()) *
           sizeof(float);
  }

  void observe(const Site&, const Packed& packed, const at::Tensor& value,
               const ModelIndexes& models) override {
    const Places places = places_of(packed);
    const at::Tensor from = rows_of(places.from).to(value.device());
    Batch& batch = batches_[packed.texts.front()];
    if (batch.branches.empty()) {
      batch.targets = packed.ids.index_select(0, from + 1);
      batch.into = rows_of(places.into);
    }
    batch.branches.push_back({models, value.index_select(0, from)});
  }

  void done() override {
    for (const auto& [text, batch] : batches_)
      measure(batch);
    batches_.clear();
  }

  std::vector<at::Tensor> values;

 private:
  // Every token but the last of each text predicts its successor.
  Places places_of(const Packed& packed) const {
    Places places;
    for (int64_t row = 0; row < packed.rows(); ++row)
      for (int64_t i = 0; i + 1 < packed.lengths[row]; ++i) {
        places.from.push_back(packed.starts[row] + i);
        places.into.push_back(first_[packed.texts[row]] + i);
      }
    return places;
  }

  // Without gradients and edits of the logits, on a CPU: piece by piece of the vocabulary.
  bool fusible(const Batch& batch) const {
    for (const Branch& branch : batch.branches)
      if (models_[branch.models[0]].edits({Point::logits}) || !kernel::usable(branch.hidden))
        return false;
    return true;
  }

  void measure_fused(const Batch& batch) {
    const auto reading = [&](const Branch& branch) {
      return kernel::Reading{branch.hidden, head_of(models_[branch.models[0]])};
    };
    const kernel::Reading base = reading(batch.branches[0]);
    const std::size_t first = batch.branches[0].models.size() > 1 ? 0 : 1; // others equal the base
    std::vector<kernel::Reading> changed;
    for (std::size_t i = first; i < batch.branches.size(); ++i)
      changed.push_back(reading(batch.branches[i]));
    const auto columns = kernel::token_divergences(base, changed, batch.targets);
    for (std::size_t i = 0; i < columns.size(); ++i)
      keep(batch.branches[first + i].models, batch.into, columns[i]);
  }

  void keep(const ModelIndexes& models, const at::Tensor& into, const at::Tensor& columns) {
    for (const std::size_t model : models)
      if (model > 0)
        values[model - 1].index_copy_(0, into, columns);
  }

  void measure(const Batch& batch) {
    if (fusible(batch))
      return measure_fused(batch);
    constexpr int64_t kChunkLogits = int64_t{1} << 19; // 4 MiB of float64, of which some live
    const int64_t chunk = std::max<int64_t>(16, kChunkLogits / models_[0].architecture().vocab);
    for (int64_t first = 0; first < batch.into.size(0); first += chunk) {
      interrupt::poll();
      measure(batch, first, std::min(chunk, batch.into.size(0) - first));
    }
  }

  void measure(const Batch& batch, int64_t first, int64_t count) {
    const at::Tensor targets = batch.targets.narrow(0, first, count);
    const at::Tensor into = batch.into.narrow(0, first, count);
    at::Tensor base;
    for (const Branch& branch : batch.branches) {
      const at::Tensor changed =
          log_probabilities(models_[branch.models[0]], branch.hidden.narrow(0, first, count));
      if (!base.defined())
        base = changed;
      const at::Tensor columns = token_divergences(base, changed, targets);
      keep(branch.models, into, columns);
    }
  }

  const std::vector<Model>& models_;
  std::vector<int64_t> first_;       // row of each text's first predicted token
  std::map<int64_t, Batch> batches_; // by first text
};

} // namespace

Divergences diverge(const Model& base, const std::vector<Model>& models,
                    const std::vector<TokenIds>& texts) {
  std::vector<int64_t> tokens = predicted_tokens(texts, "a divergence");
  std::vector<Model> all = {base};
  all.insert(all.end(), models.begin(), models.end());
  DivergenceSink sink(all, tokens);
  run(all, texts, sink);
  return {std::move(sink.values), std::move(tokens)};
}

} // namespace residua
