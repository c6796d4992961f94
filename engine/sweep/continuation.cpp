#include "engine/sweep/continuation.hpp"

#include "engine/sweep/runner.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residua {

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
