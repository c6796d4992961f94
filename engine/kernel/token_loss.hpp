#pragma once
// The head and what is computed from its logits in one: no more than a piece of the logits exists
// at a time.

#include "engine/kernel/logits.hpp"

#include <vector>

namespace residua::kernel {

/// Negative log likelihood [nats] of `targets` [n] (int64) from `hidden` [n, width]: [n] float32.
at::Tensor token_loss(const at::Tensor& hidden, const at::Tensor& targets, const Head& head);

/// What a head reads, and the head.
struct Reading {
  at::Tensor hidden; ///< [n, width]
  Head head;
};

/// For each of `changed` [n, 4] float64: Kullback-Leibler divergence of the base's distribution
/// from the changed one [nats], NLL of the base and of the changed one, and 1 where both find the
/// same word most likely.
std::vector<at::Tensor> token_divergences(const Reading& base, const std::vector<Reading>& changed,
                                          const at::Tensor& targets);

} // namespace residua::kernel
