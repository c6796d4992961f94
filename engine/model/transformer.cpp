#include "engine/model/transformer.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <ATen/ATen.h>
#include <limits>

namespace residua {

static at::Tensor bias_of(const Model& model, const std::string& name) {
  const std::string bias = name + ".bias";
  return model.has(bias) ? model.param(bias) : at::Tensor();
}

// x [tokens, in] -> [tokens, out]; weights are [out, in].
static at::Tensor linear(const Model& model, const std::string& name, const at::Tensor& x) {
  interrupt::poll();
  return at::linear(x, model.param(name), bias_of(model, name));
}

static at::Tensor normalize(const Model& model, const std::string& name, const at::Tensor& x) {
  const Architecture& a = model.architecture();
  const at::Tensor weight = model.param(name);
  if (a.norm == Norm::rms)
    return x * at::rsqrt(x.square().mean(-1, true) + a.norm_eps) * weight;
  return at::layer_norm(x, {a.width}, weight, bias_of(model, name), a.norm_eps);
}

static at::Tensor activate(Activation activation, const at::Tensor& x) {
  switch (activation) {
    case Activation::gelu_tanh:
      return at::gelu(x, "tanh");
    case Activation::gelu:
      return at::gelu(x);
    case Activation::silu:
      return at::silu(x);
    case Activation::relu:
      return at::relu(x);
  }
  throw Error("unknown activation");
}

// Ablations belong to the model, so they come before anything that only looks.
static at::Tensor tap(const Model& model, const Site& site, const at::Tensor& value, Taps& taps) {
  const at::Tensor kept = model.ablate(site, value);
  return taps.wants(site) ? taps.at(site, kept) : kept;
}

Pass::Pass(const Architecture& a, const Packed& packed) : packed_(packed) {
  const auto options = at::TensorOptions().dtype(at::kFloat).device(packed.ids.device());
  mask_ =
      at::full({packed.longest, packed.longest}, -std::numeric_limits<float>::infinity(), options)
          .triu(1);
  if (a.positions != Positions::rotary)
    return;
  const at::Tensor steps =
      at::arange(0, a.head_width, 2, options) / static_cast<double>(a.head_width);
  const at::Tensor frequencies = at::pow(a.rope_theta, -steps);
  const at::Tensor half = at::outer(packed.positions.to(at::kFloat), frequencies);
  const at::Tensor angles = at::cat({half, half}, 1).unsqueeze(1);
  cos_ = angles.cos();
  sin_ = angles.sin();
}

at::Tensor Pass::rotate(const at::Tensor& heads) const {
  const auto halves = heads.chunk(2, -1);
  return heads * cos_ + at::cat({-halves[1], halves[0]}, -1) * sin_;
}

struct Projections {
  at::Tensor q, k, v; // [tokens, heads * head width], kv_heads for k and v
};

static Projections project(const Model& model, const std::string& attn, const at::Tensor& x) {
  const Architecture& a = model.architecture();
  if (!a.fused_qkv)
    return {linear(model, attn + ".q", x), linear(model, attn + ".k", x),
            linear(model, attn + ".v", x)};
  const auto parts = linear(model, attn + ".qkv", x)
                         .split_with_sizes({a.query_width(), a.kv_width(), a.kv_width()}, 1);
  return {parts[0], parts[1], parts[2]};
}

static at::Tensor rotated(const Pass& pass, const at::Tensor& flat, int64_t heads,
                          int64_t head_width) {
  return pass.rotate(flat.view({-1, heads, head_width})).reshape(flat.sizes());
}

// [tokens, heads * head width] -> [rows, heads, longest, head width]; key/value heads repeat up to
// `heads`.
static at::Tensor split_heads(const Packed& packed, const at::Tensor& flat, const Architecture& a) {
  at::Tensor x = packed.padded(flat);
  x = x.view({packed.rows(), packed.longest, -1, a.head_width}).transpose(1, 2);
  return x.size(1) == a.heads ? x : x.repeat_interleave(a.heads / x.size(1), 1);
}

static at::Tensor attend(const Model& model, int layer, const at::Tensor& x, const Pass& pass,
                         Taps& taps) {
  const Architecture& a = model.architecture();
  const std::string attn = cat("L", layer, ".attn");
  auto [q, k, v] = project(model, attn, x);
  if (a.positions == Positions::rotary) {
    q = rotated(pass, q, a.heads, a.head_width);
    k = rotated(pass, k, a.kv_heads, a.head_width);
  }
  const Packed& packed = pass.packed();
  const double scale = 1.0 / std::sqrt(static_cast<double>(a.head_width));
  const at::Tensor scores =
      at::matmul(split_heads(packed, q, a) * scale, split_heads(packed, k, a).transpose(-1, -2));
  at::Tensor pattern = at::softmax(scores + pass.mask(), -1);
  pattern = tap(model, {Point::attn_pattern, layer}, pattern, taps);
  const at::Tensor mixed =
      at::matmul(pattern, split_heads(packed, v, a)); // [rows, heads, longest, width]
  return linear(model, attn + ".out", packed.unpadded(mixed.transpose(1, 2)));
}

static at::Tensor mlp(const Model& model, int layer, const at::Tensor& x, Taps& taps) {
  const Architecture& a = model.architecture();
  const std::string name = cat("L", layer, ".mlp");
  at::Tensor hidden;
  if (a.gated_mlp)
    hidden =
        activate(a.activation, linear(model, name + ".gate", x)) * linear(model, name + ".up", x);
  else
    hidden = activate(a.activation, linear(model, name + ".up", x));
  return linear(model, name + ".down", tap(model, {Point::mlp_hidden, layer}, hidden, taps));
}

static void require_known(const at::Tensor& ids, int64_t vocab) {
  const int64_t least = ids.min().item<int64_t>(), most = ids.max().item<int64_t>();
  if (least < 0 || most >= vocab)
    throw Error(
        cat("token ", least < 0 ? least : most, " is not in the model's vocabulary of ", vocab),
        "encode the texts with the model's own tokenizer");
}

at::Tensor embed(const Model& model, const Pass& pass, Taps& taps) {
  const Packed& packed = pass.packed();
  require_known(packed.ids, model.architecture().vocab);
  at::Tensor x = model.param("embed.tokens").index_select(0, packed.ids);
  if (model.architecture().positions == Positions::learned)
    x = x + model.param("embed.positions").index_select(0, packed.positions);
  return tap(model, {Point::embed}, x, taps);
}

at::Tensor run_layer(const Model& model, int layer, const at::Tensor& stream, const Pass& pass,
                     Taps& taps) {
  const auto at_site = [&](Point point, const at::Tensor& value) {
    return tap(model, {point, layer}, value, taps);
  };
  const std::string name = cat("L", layer);
  const at::Tensor pre = at_site(Point::resid_pre, stream);
  const at::Tensor attn_in = at_site(Point::attn_in, normalize(model, name + ".norm1", pre));
  const at::Tensor attn_out = at_site(Point::attn_out, attend(model, layer, attn_in, pass, taps));
  const at::Tensor mid = at_site(Point::resid_mid, pre + attn_out);
  const at::Tensor mlp_in = at_site(Point::mlp_in, normalize(model, name + ".norm2", mid));
  const at::Tensor mlp_out = at_site(Point::mlp_out, mlp(model, layer, mlp_in, taps));
  return at_site(Point::resid_post, mid + mlp_out);
}

at::Tensor run_final(const Model& model, const at::Tensor& stream, Taps& taps) {
  return tap(model, {Point::final}, normalize(model, "final.norm", stream), taps);
}

at::Tensor run_head(const Model& model, const at::Tensor& hidden) {
  return linear(model, model.architecture().tied_head ? "embed.tokens" : "head", hidden);
}

int64_t batch_tokens(const Architecture& a) {
  constexpr double kFlops = 2e10; // one layer of one batch
  const double layer = 2.0 * a.width * (2 * a.query_width() + 2 * a.kv_width() + 3 * a.mlp_width);
  return std::clamp(static_cast<int64_t>(kFlops / layer), int64_t{256}, int64_t{4096});
}

} // namespace residua
