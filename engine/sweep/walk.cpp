#include "engine/sweep/walk.hpp"

#include <ATen/ATen.h>
#include <algorithm>

namespace residua {

// Passes what some models compute on to the sink.
class BranchTaps : public Taps {
 public:
  BranchTaps(Sink& sink, const Packed& packed, const ModelIndexes& models)
      : sink_(sink), packed_(packed), models_(models) {}
  bool wants(const Site& site) const override { return sink_.wants(site); }
  at::Tensor at(const Site& site, const at::Tensor& value) override {
    sink_.observe(site, packed_, value, models_);
    return value;
  }

 private:
  Sink& sink_;
  const Packed& packed_;
  const ModelIndexes& models_;
};

// All models begin with nothing, before the embedding.
void Walk::start(int64_t room) {
  Streams nothing(1);
  nothing[0] = {everyone(models_), std::vector<at::Tensor>(group_.size())};
  descend(-1, std::move(nothing), room);
}

// The forks of `found` in turn, in parts of at most `size`.
static std::vector<std::vector<Variant>> in_parts(const std::vector<Variant>& found, int64_t size) {
  std::vector<std::vector<Variant>> parts;
  int64_t left = 0;
  for (const Variant& variant : found) {
    bool here = false; // whether the latest part has this variant
    for (const Fork& fork : variant) {
      if (left == 0) {
        parts.emplace_back();
        left = size;
        here = false;
      }
      if (!here)
        parts.back().emplace_back();
      here = true;
      parts.back().back().push_back(fork);
      --left;
    }
  }
  return parts;
}

// The forks of all variants, each counted as a use of its parent.
static int64_t count_forks(const std::vector<Variant>& found, std::vector<int64_t>& uses) {
  int64_t forks = 0;
  for (const Variant& variant : found)
    for (const Fork& fork : variant) {
      ++uses[fork.parent];
      ++forks;
    }
  return forks;
}

// `room`: streams that may live beside `parents`. One per level below must remain possible.
void Walk::descend(int layer, Streams parents, int64_t room) {
  if (layer > last_)
    return;
  std::vector<ModelIndexes> groups;
  for (const Stream& parent : parents)
    groups.push_back(parent.models);
  const auto found = variants(models_, groups, layer);
  std::vector<int64_t> uses(parents.size());
  const int64_t forks = count_forks(found, uses);
  for (std::size_t i = 0; i < parents.size(); ++i)
    parents[i].uses = uses[i];
  const int64_t known = layer < 0 ? 0 : static_cast<int64_t>(parents.size());
  const int64_t below = last_ - layer;
  const bool fits = forks == known || layer == last_ || forks <= room - below;
  const int64_t size = fits ? forks : std::max<int64_t>(1, std::min(room / 2, room - below));
  for (const auto& part : in_parts(found, size)) {
    Streams made;
    for (const Variant& variant : part)
      run_forks(layer, parents, variant, room, made);
    const auto now = static_cast<int64_t>(made.size());
    if (layer < last_)
      descend(layer + 1, std::move(made), fits ? room + known - now : room - now);
  }
}

// How many copies of a batch make a product of good size; none beside another where somebody looks.
std::size_t Walk::abreast(int layer) const {
  const Architecture& a = models_[0].architecture();
  for (const Site& site : all_sites(a))
    if (layer_of(site, a) == layer && sink_.wants(site))
      return 1;
  int64_t tokens = 1;
  for (const Packed& batch : group_)
    tokens = std::max(tokens, batch.tokens);
  return static_cast<std::size_t>(std::max<int64_t>(1, batch_tokens(a) / tokens));
}

void Walk::run_forks(int layer, Streams& parents, const Variant& forks, int64_t room,
                     Streams& made) {
  // Where each replaces its parent, no more than there is room for are new at once.
  const auto together =
      std::min(abreast(layer), static_cast<std::size_t>(std::max<int64_t>(1, room)));
  const std::size_t first_made = made.size();
  for (const Fork& fork : forks)
    made.push_back({fork.models, std::vector<at::Tensor>(group_.size())});
  for (std::size_t first = 0; first < forks.size(); first += together) {
    const std::size_t count = std::min(together, forks.size() - first);
    run_abreast(layer, parents, Forks(forks).subspan(first, count), &made[first_made + first]);
  }
}

// Some forks of one variant as one product, batch by batch.
void Walk::run_abreast(int layer, Streams& parents, Forks forks, Stream* made) {
  alive_ += layer < last_ ? static_cast<int64_t>(forks.size()) : 0;
  most_ = std::max(most_, alive_);
  for (std::size_t batch = 0; batch < group_.size(); ++batch) {
    const at::Tensor stream = run_batch(layer, parents, forks, batch);
    if (layer == last_)
      continue;
    const auto parts = stream.chunk(static_cast<int64_t>(forks.size()), 0);
    for (std::size_t i = 0; i < forks.size(); ++i)
      made[i].values[batch] = forks.size() == 1 ? parts[i] : parts[i].clone(); // each goes alone
  }
  for (const Fork& fork : forks)
    if (--parents[fork.parent].uses == 0) {
      parents[fork.parent].values.clear();
      alive_ -= layer < 0 ? 0 : 1;
    }
}

at::Tensor Walk::run_batch(int layer, const Streams& parents, Forks forks, std::size_t batch) {
  const Model& model = models_[forks[0].models[0]];
  BranchTaps taps(sink_, group_[batch], forks[0].models);
  if (layer < 0)
    return embed(model, pass(batch, 1), taps);
  std::vector<at::Tensor> values;
  for (const Fork& fork : forks)
    values.push_back(parents[fork.parent].values[batch]);
  const at::Tensor stream = values.size() == 1 ? values[0] : at::cat(values);
  progress_.advance(stream.size(0));
  if (layer == model.architecture().layers) {
    run_end(stream, batch, forks);
    return {};
  }
  return run_layer(model, layer, stream, pass(batch, forks.size()), taps);
}

// The final norm, head and loss.
void Walk::run_end(const at::Tensor& stream, std::size_t batch, Forks forks) {
  const Model& model = models_[forks[0].models[0]];
  BranchTaps taps(sink_, group_[batch], forks[0].models);
  const Packed& copies = pass(batch, forks.size()).packed();
  const at::Tensor hidden = run_final(model, stream, taps);
  if (!sink_.wants_loss() && !sink_.wants({Point::logits}))
    return;
  const at::Tensor nll = token_nll(model, hidden, copies, taps);
  const int64_t own = nll.size(0) / static_cast<int64_t>(forks.size());
  for (std::size_t i = 0; i < forks.size(); ++i)
    sink_.loss(group_[batch], nll.narrow(0, static_cast<int64_t>(i) * own, own), forks[i].models);
}

// Masks grow with the square of the length, so only those of one batch are kept.
const Pass& Walk::pass(std::size_t batch, std::size_t copies) {
  if (!pass_ || pass_of_ != std::pair(batch, copies)) {
    pass_.reset();
    if (copies > 1)
      copied_ = repeat(group_[batch], static_cast<int64_t>(copies));
    pass_.emplace(models_[0].architecture(), copies > 1 ? copied_ : group_[batch]);
    pass_of_ = {batch, copies};
  }
  return *pass_;
}

} // namespace residua
