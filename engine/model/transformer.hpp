#pragma once
// The forward pass in steps, so that any prefix of the layers can be shared or resumed from its
// residual stream. It reads the architecture description only; it knows no family.

#include "engine/kernel/logits.hpp"
#include "engine/model/model.hpp"
#include "engine/model/pass.hpp"
#include "engine/model/taps.hpp"

namespace residua {

/// Throws Error for a token that the vocabulary does not have.
void require_known(int64_t token, int64_t vocab);
/// [tokens, width]: the stream before L0.
at::Tensor embed(const Model& model, const Pass& pass, Taps& taps);
/// The stream after `layer`, from the stream before it.
at::Tensor run_layer(const Model& model, int layer, const at::Tensor& stream, const Pass& pass,
                     Taps& taps);
/// [tokens, embedding width] after the final norm and projection: what the head reads.
at::Tensor run_final(const Model& model, const at::Tensor& stream, Taps& taps);
/// The weights of run_head, for loops that never make whole logits.
kernel::Head head_of(const Model& model);
/// [n, vocab] from [n, embedding width].
at::Tensor run_head(const Model& model, const at::Tensor& hidden);

/// Negative log likelihood [nats] of each predicted token: [tokens - rows], row by row. The head
/// and the loss go over the tokens in chunks, so that no tokens x vocabulary matrix is kept (unless
/// gradients are recorded).
at::Tensor token_nll(const Model& model, const at::Tensor& hidden, const Packed& packed,
                     Taps& taps);

/// Tokens to run at once: enough for products at full speed, beyond that few enough that what
/// passes between them stays in the cache. Each product takes a fraction of a second on a CPU.
int64_t batch_tokens(const Architecture& architecture);

} // namespace residua
