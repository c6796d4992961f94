#include "engine/sweep/evaluate.hpp"

#include "engine/error.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residua {

// Sums token losses per text, in float64.
class LossSink : public Sink {
 public:
  LossSink(std::size_t models, std::size_t texts) : nll(models, std::vector<double>(texts)) {}
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
        nll[model][packed.texts[row]] = sum;
    }
  }

  std::vector<std::vector<double>> nll;
};

static std::vector<int64_t> count_predicted(const std::vector<TokenIds>& texts) {
  std::vector<int64_t> tokens;
  for (const TokenIds& text : texts) {
    if (text.size() < 2)
      throw Error(cat("text ", tokens.size() + 1, " has ", text.size(),
                      " tokens, a loss needs two or more (the first is not predicted)"),
                  "remove empty texts");
    tokens.push_back(static_cast<int64_t>(text.size()) - 1);
  }
  return tokens;
}

Losses evaluate(const std::vector<Model>& models, const std::vector<TokenIds>& texts) {
  std::vector<int64_t> tokens = count_predicted(texts);
  LossSink sink(models.size(), texts.size());
  run(models, texts, sink);
  return {std::move(sink.nll), std::move(tokens)};
}

// Keeps the token losses of a single text.
class TokenSink : public Sink {
 public:
  bool wants_loss() const override { return true; }
  void loss(const Packed&, const at::Tensor& token_nll, const ModelIndexes&) override {
    const at::Tensor values = token_nll.to(at::kCPU, at::kDouble);
    nll.assign(values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
  }
  std::vector<double> nll;
};

std::vector<double> evaluate_tokens(const Model& model, const TokenIds& text) {
  count_predicted({text});
  TokenSink sink;
  run({model}, {text}, sink);
  return sink.nll;
}

// Keeps the stream after the final norm at the last token.
class LastSink : public Sink {
 public:
  bool wants(const Site& site) const override { return site.point == Point::final; }
  void observe(const Site&, const Packed&, const at::Tensor& value, const ModelIndexes&) override {
    last = value.narrow(0, value.size(0) - 1, 1);
  }
  at::Tensor last;
};

TokenIds continue_greedily(const Model& model, TokenIds prompt, int64_t count, int64_t stop) {
  const at::NoGradGuard no_grad;
  const int64_t context = model.architecture().context;
  for (int64_t i = 0; i < count && static_cast<int64_t>(prompt.size()) < context; ++i) {
    LastSink sink;
    run({model}, {prompt}, sink);
    prompt.push_back(run_head(model, sink.last).argmax(-1).item<int64_t>());
    if (prompt.back() == stop)
      break;
  }
  return prompt;
}

} // namespace residua
