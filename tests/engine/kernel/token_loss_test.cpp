// The fused head and loss, against float64 logits of libtorch.

#include "tests/support/catch.hpp"

#include "engine/kernel/token_loss.hpp"

#include <ATen/ATen.h>
#include <cmath>

using namespace residua;

TEST_CASE("the fused loss equals that of whole logits", "[kernel]") {
  at::manual_seed(7);
  // Vocabularies around a piece of words, tokens around a piece of tokens.
  const struct { int64_t tokens, vocab; } shapes[] = {{1, 2}, {5, 2048}, {3, 2049}, {1030, 4500}};
  for (const auto& shape : shapes)
    for (const double softcap : {0.0, 3.0})
      for (const bool biased : {false, true}) {
        const at::Tensor hidden = at::randn({shape.tokens, 12});
        const kernel::Head head{at::randn({shape.vocab, 12}),
                                biased ? at::randn({shape.vocab}) : at::Tensor(), softcap};
        const at::Tensor targets = at::randint(shape.vocab, {shape.tokens}, at::kLong);
        at::Tensor logits = at::matmul(hidden.to(at::kDouble), head.weight.to(at::kDouble).t());
        if (biased)
          logits = logits + head.bias.to(at::kDouble);
        if (softcap > 0)
          logits = at::tanh(logits / softcap) * softcap;
        const at::Tensor exact = at::cross_entropy_loss(logits, targets, {}, at::Reduction::None);
        const at::Tensor fused = kernel::token_loss(hidden, targets, head).to(at::kDouble);
        CAPTURE(shape.tokens, shape.vocab, softcap, biased);
        CHECK((fused - exact).abs().max().item<double>() < 1e-5);
      }
}

TEST_CASE("huge logits do not overflow, and NaN is not lost", "[kernel]") {
  const at::Tensor targets = at::zeros({1}, at::kLong);
  const at::Tensor weight = at::tensor({1.f, -1.f}).view({2, 1});
  const auto loss = [&](float x) {
    return kernel::token_loss(at::full({1, 1}, x), targets, {weight, {}, 0}).item<float>();
  };
  CHECK(loss(1e30f) == 0);
  CHECK(loss(-1e30f) == Approx(2e30));
  CHECK(loss(0) == Approx(std::log(2.0)));
  CHECK(std::isnan(loss(NAN)));
}

TEST_CASE("fused divergences equal those of whole logits", "[kernel]") {
  at::manual_seed(9);
  const at::Tensor targets = at::randint(4500, {1030}, at::kLong);
  const kernel::Head head{at::randn({4500, 12}), {}, 0};
  const kernel::Reading base{at::randn({1030, 12}), head};
  const std::vector<kernel::Reading> changed = {
      {base.hidden + 0.01 * at::randn({1030, 12}), head},
      {base.hidden, {head.weight + 0.2 * at::randn({4500, 12}), {}, 4.0}},
      base};
  const auto log_p = [](const kernel::Reading& reading) {
    at::Tensor logits =
        at::matmul(reading.hidden.to(at::kDouble), reading.head.weight.to(at::kDouble).t());
    if (const double c = reading.head.softcap; c > 0)
      logits = at::tanh(logits / c) * c;
    return at::log_softmax(logits, 1);
  };
  const auto fused = kernel::token_divergences(base, changed, targets);
  const at::Tensor p = log_p(base);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const at::Tensor q = log_p(changed[i]), wanted = targets.unsqueeze(1);
    const at::Tensor exact =
        at::stack({(p.exp() * (p - q)).sum(1), -p.gather(1, wanted).squeeze(1),
                   -q.gather(1, wanted).squeeze(1), p.argmax(1).eq(q.argmax(1)).to(at::kDouble)},
                  1);
    CAPTURE(i);
    CHECK((fused[i] - exact).abs().max().item<double>() < 1e-5);
  }
  CHECK(fused[2].select(1, 0).max().item<double>() < 1e-6);
}
