#pragma once
// The walk of a group of batches through the trie of layer variants.

#include "engine/progress.hpp"
#include "engine/sweep/runner.hpp"

#include <optional>
#include <span>

namespace residua {

/// All prefixes go abreast, layer by layer, so that weights are made once and prefixes that meet
/// the same weights run as one product; where that would take more streams than there is room for,
/// parts of them go on to the end one after the other.
class Walk {
 public:
  /// `last`: the last layer to run.
  Walk(const std::vector<Model>& models, const std::vector<Packed>& group, Sink& sink, int last,
       Progress& progress)
      : models_(models), group_(group), sink_(sink), last_(last), progress_(progress) {}

  /// `room`: streams that may live at once, three more than layers up to `last`, or more.
  void start(int64_t room);
  int64_t most_streams() const { return most_; } ///< that lived at once

 private:
  /// The residual stream of some models in each batch of the group, [tokens, width].
  struct Stream {
    ModelIndexes models;
    std::vector<at::Tensor> values;
    int64_t uses = 0; ///< forks that still need it
  };
  using Streams = std::vector<Stream>;
  using Forks = std::span<const Fork>;

  void descend(int layer, Streams parents, int64_t room);
  void run_forks(int layer, Streams& parents, const Variant& forks, int64_t room, Streams& made);
  void run_abreast(int layer, Streams& parents, Forks forks, Stream* made);
  at::Tensor run_batch(int layer, const Streams& parents, Forks forks, std::size_t batch);
  void run_end(const at::Tensor& stream, std::size_t batch, Forks forks);
  std::size_t abreast(int layer) const;
  const Pass& pass(std::size_t batch, std::size_t copies);

  const std::vector<Model>& models_;
  const std::vector<Packed>& group_;
  Sink& sink_;
  const int last_;
  Progress& progress_;
  int64_t alive_ = 0, most_ = 0;
  Packed copied_; // of the batch that pass_ is of
  std::optional<Pass> pass_;
  std::pair<std::size_t, std::size_t> pass_of_{}; // batch and copies
};

} // namespace residua
