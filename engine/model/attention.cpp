// Attention: projections, rotation, grouped heads, causal and windowed masks.

#include "engine/error.hpp"
#include "engine/kernel/product.hpp"
#include "engine/model/modules.hpp"

#include <ATen/ATen.h>

namespace residua {

struct Projections {
  at::Tensor q, k, v; // [tokens, heads, head width], kv heads for k and v
};

static at::Tensor heads_of(const Architecture& a, const at::Tensor& flat) {
  return flat.view({flat.size(0), -1, a.head_width});
}

static Projections split_qkv(const Architecture& a, const at::Tensor& qkv) {
  if (a.qkv == Qkv::interleaved) {
    const auto parts = qkv.view({qkv.size(0), a.heads, 3, a.head_width}).unbind(2);
    return {parts[0], parts[1], parts[2]};
  }
  const auto parts = qkv.split_with_sizes({a.query_width(), a.kv_width(), a.kv_width()}, 1);
  return {heads_of(a, parts[0]), heads_of(a, parts[1]), heads_of(a, parts[2])};
}

static Projections project(const Model& model, const std::string& attn, const at::Tensor& x) {
  const Architecture& a = model.architecture();
  if (a.qkv != Qkv::separate)
    return split_qkv(a, linear(model, attn + ".qkv", x));
  return {heads_of(a, linear(model, attn + ".q", x)), heads_of(a, linear(model, attn + ".k", x)),
          heads_of(a, linear(model, attn + ".v", x))};
}

// [tokens, heads, head width] -> [rows, heads, longest, head width]; key/value heads repeat up to
// `heads`.
static at::Tensor by_row(const Packed& packed, const at::Tensor& x, const Architecture& a) {
  const at::Tensor padded = packed.padded(x.reshape({x.size(0), -1}));
  const at::Tensor split =
      padded.view({packed.rows(), packed.longest, x.size(1), a.head_width}).transpose(1, 2);
  return x.size(1) == a.heads ? split : split.repeat_interleave(a.heads / x.size(1), 1);
}

// The road of patterns that somebody sees or changes, and of gradients.
static at::Tensor mix_by_pattern(const Model& model, int layer, const Projections& p,
                                 const Pass& pass, Taps& taps) {
  const Architecture& a = model.architecture();
  const Packed& packed = pass.packed();
  const at::Tensor scores =
      at::matmul(by_row(packed, p.q * score_scale(a), a), by_row(packed, p.k, a).transpose(-1, -2));
  at::Tensor pattern = at::softmax(softcap(scores, a.attn_softcap) + pass.mask(layer), -1);
  pattern = tap(model, {Point::attn_pattern, layer}, pattern, taps);
  const at::Tensor mixed = at::matmul(pattern, by_row(packed, p.v, a));
  return packed.unpadded(mixed.transpose(1, 2));
}

at::Tensor attend(const Model& model, int layer, const at::Tensor& x, const Pass& pass,
                  Taps& taps) {
  const Architecture& a = model.architecture();
  const Packed& packed = pass.packed();
  const std::string attn = cat("L", layer, ".attn");
  auto [q, k, v] = project(model, attn, x);
  if (a.qk_norm) {
    q = normalize(model, attn + ".q_norm", q);
    k = normalize(model, attn + ".k_norm", k);
  }
  if (a.positions == Positions::rotary) {
    q = pass.rotate(q);
    k = pass.rotate(k);
  }
  const Site pattern{Point::attn_pattern, layer};
  const bool seen = taps.wants(pattern) || model.edits(pattern) || !kernel::usable(q);
  const at::Tensor heads =
      seen ? mix_by_pattern(model, layer, {q, k, v}, pass, taps)
           : kernel::attention(q, k, v, packed.starts, packed.lengths, pass.rule(layer));
  return linear(model, attn + ".out", tap(model, {Point::attn_mixed, layer}, heads, taps));
}

} // namespace residua
