#include "engine/sweep/evaluate.hpp"

#include "engine/device.hpp"
#include "engine/digest.hpp"
#include "engine/error.hpp"
#include "engine/store/result_store.hpp"

#include <ATen/ATen.h>
#include <cmath>
#include <map>

namespace residua {

namespace {

/// The keys of losses in a store. A loss depends on the tokens, not on how they were written.
struct Keys {
  std::string measure;
  std::vector<std::string> models, texts;

  Keys(const std::vector<Model>& all_models, const std::vector<TokenIds>& all_texts,
       kernel::Precision precision)
      : measure(cat("nll, ", precision == kernel::Precision::float32 ? "float32" : "bfloat16", ", ",
                    device::current().is_cpu() ? "cpu" : "cuda")) {
    for (const Model& model : all_models)
      models.push_back(model.digest());
    for (const TokenIds& text : all_texts)
      texts.push_back(Digest().bytes(text.data(), text.size() * sizeof(text[0])).hex());
  }
};

/// Models and texts that are still to run, as indexes of all.
struct Rest {
  std::vector<std::size_t> models, texts;
};

/// Sums token losses per text, in float64.
class LossSink : public Sink {
 public:
  LossSink(Losses& losses, const Rest& rest, ResultStore* store, const Keys* keys)
      : losses_(losses), rest_(rest), store_(store), keys_(keys) {}
  bool wants_loss() const override { return true; }
  void loss(const Packed& packed, const at::Tensor& token_nll,
            const ModelIndexes& models) override {
    const at::Tensor values = token_nll.to(at::kCPU, at::kDouble);
    const double* next = values.data_ptr<double>();
    for (int64_t row = 0; row < packed.rows(); ++row) {
      double sum = 0;
      for (int64_t i = 0; i + 1 < packed.lengths[row]; ++i)
        sum += *next++;
      for (const std::size_t model : models)
        set(rest_.models[model], rest_.texts[packed.texts[row]], sum);
    }
  }

 private:
  void set(std::size_t model, std::size_t text, double nll) {
    losses_.nll[model][text] = nll;
    if (store_ != nullptr)
      store_->put(keys_->measure, keys_->models[model], keys_->texts[text], {nll});
  }

  Losses& losses_;
  const Rest& rest_;
  ResultStore* store_;
  const Keys* keys_;
};

} // namespace

// Fills in what the store has; the others stay NaN.
static void remember(Losses& losses, const Keys& keys, ResultStore& store) {
  for (std::size_t model = 0; model < keys.models.size(); ++model) {
    const auto found = store.find(keys.measure, keys.models[model], keys.texts);
    for (std::size_t text = 0; text < found.size(); ++text)
      if (found[text] && !std::isnan(found[text]->at(0))) {
        losses.nll[model][text] = found[text]->at(0);
        ++losses.remembered;
      }
  }
}

// The texts by the models that they still lack: after a stop, a few groups.
static std::vector<Rest> what_is_left(const Losses& losses) {
  std::map<std::vector<std::size_t>, std::vector<std::size_t>> texts_by_models;
  for (std::size_t text = 0; text < losses.tokens.size(); ++text) {
    std::vector<std::size_t> models;
    for (std::size_t model = 0; model < losses.nll.size(); ++model)
      if (std::isnan(losses.nll[model][text]))
        models.push_back(model);
    if (!models.empty())
      texts_by_models[models].push_back(text);
  }
  std::vector<Rest> left;
  for (const auto& [models, texts] : texts_by_models)
    left.push_back({models, texts});
  return left;
}

template <class T>
static std::vector<T> pick(const std::vector<T>& all, const std::vector<std::size_t>& which) {
  std::vector<T> picked;
  for (const std::size_t i : which)
    picked.push_back(all[i]);
  return picked;
}

Losses evaluate(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                const EvaluateOptions& options) {
  if (options.precision != kernel::Precision::float32 && !device::current().is_cpu())
    throw Error("bfloat16 products are for the CPU", "leave out precision on this device");
  Losses losses;
  losses.tokens = predicted_tokens(texts, "a loss");
  if (!models.empty())
    require_readable(texts, models[0].architecture()); // before the store takes some texts out
  losses.nll.assign(models.size(), std::vector<double>(texts.size(), NAN));
  std::optional<Keys> keys;
  if (options.store != nullptr) {
    keys.emplace(models, texts, options.precision);
    remember(losses, *keys, *options.store);
  }
  const kernel::PrecisionScope scope(options.precision);
  for (const Rest& rest : what_is_left(losses)) {
    LossSink sink(losses, rest, options.store, keys ? &*keys : nullptr);
    const RunReport report =
        run(pick(models, rest.models), pick(texts, rest.texts), sink, options.stream_bytes);
    losses.report.add(report);
  }
  if (options.store != nullptr)
    options.store->commit();
  return losses;
}

namespace {

/// Keeps the token losses of a single text.
class TokenSink : public Sink {
 public:
  bool wants_loss() const override { return true; }
  void loss(const Packed&, const at::Tensor& token_nll, const ModelIndexes&) override {
    const at::Tensor values = token_nll.to(at::kCPU, at::kDouble);
    nll.assign(values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
  }
  std::vector<double> nll;
};

} // namespace

std::vector<double> evaluate_tokens(const Model& model, const TokenIds& text) {
  predicted_tokens({text}, "a loss");
  TokenSink sink;
  run({model}, {text}, sink);
  return sink.nll;
}

} // namespace residua
