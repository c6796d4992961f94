#pragma once
// Pieces of the logits, and the sums over words that losses and divergences are made of.

#include <ATen/core/Tensor.h>
#include <limits>

namespace residua::kernel {

struct Head {
  at::Tensor weight;  ///< [vocab, width]
  at::Tensor bias;    ///< [vocab] or undefined
  double softcap = 0; ///< c tanh(logit / c); 0: none
};

constexpr int64_t kPieceTokens = 1536, kPieceWords = 2048; ///< 12 MiB of logits

/// Some words of the vocabulary.
struct Words {
  int64_t first = 0, count = 0;
};

/// Writes the logits of some words: [tokens, words.count] from `hidden` [tokens, width]. The weight
/// of `head` must be contiguous.
void make_logits(const Head& head, const float* hidden, int64_t tokens, Words words, float* logits);

/// `head` with contiguous tensors.
Head contiguous(const Head& head);

/// The logits of one token, seen piece by piece.
class SeenLogits {
 public:
  /// Returns e^(old top - new top), by which other sums over words shrink.
  double add(const float* logits, Words words, int64_t target);
  /// ln of the sum of e^logit.
  double normalizer() const;
  double nll() const { return normalizer() - target_; } ///< of the target [nats]
  float top() const { return top_; }
  double sum() const { return sum_; }    ///< of e^(logit - top)
  int64_t best() const { return best_; } ///< the word of the highest logit, the first of equals

 private:
  float top_ = -std::numeric_limits<float>::infinity();
  int64_t best_ = 0;
  double sum_ = 0;
  float target_ = 0;
};

} // namespace residua::kernel
