#include "engine/model/transformer.hpp"

#include "engine/error.hpp"
#include "engine/model/modules.hpp"

#include <ATen/ATen.h>

namespace residua {

void require_known(int64_t token, int64_t vocab) {
  if (token < 0 || token >= vocab)
    throw Error(cat("token ", token, " is not in the model's vocabulary of ", vocab),
                "encode the texts with the model's own tokenizer");
}

at::Tensor embed(const Model& model, const Pass& pass, Taps& taps) {
  const Architecture& a = model.architecture();
  const Packed& packed = pass.packed();
  require_known(packed.ids.min().item<int64_t>(), a.vocab);
  require_known(packed.ids.max().item<int64_t>(), a.vocab);
  at::Tensor x = model.param("embed.tokens").index_select(0, packed.ids);
  if (a.embed_scale != 1)
    x = x * a.embed_scale;
  if (a.embedding_width() != a.width)
    x = linear(model, "embed.project", x);
  if (a.positions == Positions::learned)
    x = x + model.param("embed.positions").index_select(0, packed.positions + a.first_position);
  if (a.positions == Positions::sinusoidal)
    x = x + pass.sinusoids();
  if (a.embed_norm)
    x = normalize(model, "embed.norm", x);
  return tap(model, {Point::embed}, x, taps);
}

static at::Tensor mlp(const Model& model, int layer, const at::Tensor& x, Taps& taps) {
  const Architecture& a = model.architecture();
  const std::string name = cat("L", layer, ".mlp");
  at::Tensor hidden;
  if (a.gated_mlp)
    hidden = linear(model, name + ".gate", x, a.activation) * linear(model, name + ".up", x);
  else
    hidden = linear(model, name + ".up", x, a.activation);
  return linear(model, name + ".down", tap(model, {Point::mlp_hidden, layer}, hidden, taps));
}

// One layer, with its taps and its norms where the architecture has them.
class Layer {
 public:
  Layer(const Model& model, int layer, const Pass& pass, Taps& taps)
      : model_(model), layer_(layer), pass_(pass), taps_(taps),
        place_(model.architecture().norm_place), name_(cat("L", layer, ".")) {}

  at::Tensor run(const at::Tensor& stream) {
    const at::Tensor pre = tapped(Point::resid_pre, stream);
    const at::Tensor attn = attention(pre);
    if (model_.architecture().parallel)
      return tapped(Point::resid_post, pre + attn + feed_forward(pre));
    const at::Tensor mid = tapped(Point::resid_mid, after("norm1", pre + attn));
    return tapped(Point::resid_post, after("norm2", mid + feed_forward(mid)));
  }

 private:
  at::Tensor tapped(Point point, const at::Tensor& value) {
    return tap(model_, {point, layer_}, value, taps_);
  }
  at::Tensor norm(bool here, const char* part, const at::Tensor& x) {
    return here ? normalize(model_, name_ + part, x) : x;
  }
  at::Tensor before(const char* part, const at::Tensor& x) {
    return norm(place_ != NormPlace::after, part, x);
  }
  at::Tensor after(const char* part, const at::Tensor& x) {
    return norm(place_ == NormPlace::after, part, x);
  }
  at::Tensor around(const char* part, const at::Tensor& x) {
    return norm(place_ == NormPlace::around, part, x);
  }

  at::Tensor attention(const at::Tensor& stream) {
    const at::Tensor in = tapped(Point::attn_in, before("norm1", stream));
    return tapped(Point::attn_out, around("attn.norm", attend(model_, layer_, in, pass_, taps_)));
  }
  at::Tensor feed_forward(const at::Tensor& stream) {
    const at::Tensor in = tapped(Point::mlp_in, before("norm2", stream));
    return tapped(Point::mlp_out, around("mlp.norm", mlp(model_, layer_, in, taps_)));
  }

  const Model& model_;
  const int layer_;
  const Pass& pass_;
  Taps& taps_;
  const NormPlace place_;
  const std::string name_;
};

at::Tensor run_layer(const Model& model, int layer, const at::Tensor& stream, const Pass& pass,
                     Taps& taps) {
  return Layer(model, layer, pass, taps).run(stream);
}

at::Tensor run_final(const Model& model, const at::Tensor& stream, Taps& taps) {
  const Architecture& a = model.architecture();
  at::Tensor x = a.final_norm ? normalize(model, "final.norm", stream) : stream;
  if (a.embedding_width() != a.width)
    x = linear(model, "final.project", x);
  return tap(model, {Point::final}, x, taps);
}

static const char* head_param(const Architecture& a) {
  return a.tied_head ? "embed.tokens" : "head";
}

kernel::Head head_of(const Model& model) {
  const std::string head = head_param(model.architecture());
  return {model.param(head), bias_of(model, head), model.architecture().logit_softcap};
}

at::Tensor run_head(const Model& model, const at::Tensor& hidden) {
  const Architecture& a = model.architecture();
  return softcap(linear(model, head_param(a), hidden), a.logit_softcap);
}

int64_t batch_tokens(const Architecture& a) {
  constexpr int64_t kElements = int64_t{13} << 18; // an MLP's activations, 13 MiB: in the cache
  // oneDNN packs operands, up to a fifth faster, where 1 / tokens + 1 / width < 0.00196. That is
  // worth more than the cache where an MLP is 4096 wide (BLOOM-560M); wider ones were not measured.
  constexpr int64_t kEnough = 1088; // for widths of 1024 and more
  return std::clamp(kElements / a.mlp_width, kEnough, int64_t{4096});
}

} // namespace residua
