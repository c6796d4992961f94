// The head and the loss, fused over chunks of tokens.

#include "engine/error.hpp"
#include "engine/kernel/product.hpp"
#include "engine/kernel/token_loss.hpp"
#include "engine/model/transformer.hpp"

#include <ATen/ATen.h>

namespace residua {

// Every token but the last of each row predicts its successor.
static at::Tensor predicting(const Packed& packed) {
  std::vector<int64_t> places;
  for (int64_t row = 0; row < packed.rows(); ++row)
    for (int64_t i = 0; i + 1 < packed.lengths[row]; ++i)
      places.push_back(packed.starts[row] + i);
  return at::tensor(places, at::kLong).to(packed.ids.device());
}

// Logits are a site of whole texts: [tokens, vocab], only made when somebody asks.
static at::Tensor tapped_nll(const Model& model, const at::Tensor& hidden, const at::Tensor& places,
                             const at::Tensor& targets, Taps& taps) {
  const Site site{Point::logits};
  const at::Tensor logits = taps.at(site, model.edit(site, run_head(model, hidden)));
  return at::cross_entropy_loss(logits.index_select(0, places), targets, {}, at::Reduction::None);
}

at::Tensor token_nll(const Model& model, const at::Tensor& hidden, const Packed& packed,
                     Taps& taps) {
  const at::Tensor places = predicting(packed);
  const at::Tensor targets = packed.ids.index_select(0, places + 1);
  if (taps.wants({Point::logits}))
    return tapped_nll(model, hidden, places, targets, taps);
  if (kernel::usable(hidden) && !model.edits({Point::logits}))
    return kernel::token_loss(hidden.index_select(0, places), targets, head_of(model));
  constexpr int64_t kChunkLogits = int64_t{1} << 21; // 8 MiB of float32 stay near the cache
  const int64_t chunk = std::max<int64_t>(16, kChunkLogits / model.architecture().vocab);
  std::vector<at::Tensor> parts = {at::empty({0}, hidden.options())};
  for (int64_t first = 0; first < places.size(0); first += chunk) {
    const int64_t count = std::min(chunk, places.size(0) - first);
    const at::Tensor logits = model.edit(
        {Point::logits}, run_head(model, hidden.index_select(0, places.narrow(0, first, count))));
    parts.push_back(
        at::cross_entropy_loss(logits, targets.narrow(0, first, count), {}, at::Reduction::None));
  }
  return at::cat(parts);
}

} // namespace residua
