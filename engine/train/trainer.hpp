#pragma once
// Training by AdamW (Loshchilov and Hutter 2019). The trainer owns the only tensors that ever
// change.

#include "engine/model/model.hpp"
#include "engine/model/packed.hpp"

namespace residua {

struct AdamW {
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;
  double weight_decay = 0.1; ///< of matrices; norms and biases are not decayed
  double clip_norm = 1.0;    ///< largest global norm of the gradient; 0 for none
};

class Trainer {
 public:
  /// Starts from a copy of the model's effective params, so quantized or ablated models can be
  /// trained on.
  Trainer(const Model& model, const AdamW& options);

  /// One step on these token sequences. Returns the mean NLL per predicted token before the step
  /// [nats]. Throws Error when the loss is not finite.
  double step(const std::vector<TokenIds>& texts, double learning_rate);
  int64_t steps() const { return steps_; }

  /// The params as they are now, as a model of its own.
  Model model() const;

 private:
  struct Slot {
    at::Tensor param, mean, square; // leaf, first and second moment
    bool decayed;
  };
  double clip_factor() const;
  void update(Slot& slot, double learning_rate, double factor) const;

  Model start_, live_;
  AdamW options_;
  std::map<std::string, Slot> slots_;
  int64_t steps_ = 0;
};

} // namespace residua
