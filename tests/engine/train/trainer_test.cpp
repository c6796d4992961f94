// The trainer against torch.optim.AdamW (tests/golden/make_train.py), and what it must leave alone.

#include "tests/support/catch.hpp"

#include "engine/sweep/evaluate.hpp"
#include "engine/train/trainer.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>

using namespace residua;

using Tensors = std::map<std::string, at::Tensor>;

static std::vector<TokenIds> texts_of(const Tensors& reference, int step) {
  std::vector<TokenIds> texts;
  for (;;) {
    const auto found = reference.find(cat("step", step, ".text", texts.size(), ".ids"));
    if (found == reference.end())
      return texts;
    const auto* ids = found->second.data_ptr<int64_t>();
    texts.emplace_back(ids, ids + found->second.numel());
  }
}

TEST_CASE("five steps equal torch's AdamW", "[train][golden]") {
  const auto checkpoint = golden::load("gpt2-tied");
  const auto reference = Safetensors::open(golden::path("train.safetensors")).tensors();
  const double* rates = reference.at("rates").data_ptr<double>();
  const double* losses = reference.at("losses").data_ptr<double>();
  Trainer trainer(checkpoint.model, {});
  for (int step = 0; step < 5; ++step) {
    INFO("step " << step);
    CHECK(trainer.step(texts_of(reference, step), rates[step]) ==
          Approx(losses[step]).margin(1e-5));
  }
  CHECK(trainer.steps() == 5);
  const Model trained = trainer.model();
  int compared = 0;
  for (const auto& [name, value] : reference) {
    if (!name.starts_with("param."))
      continue;
    INFO(name);
    // Weights are near 0.2 and moved by up to 0.02; where a gradient is near 0, Adam divides noise
    // by noise.
    CHECK(golden::max_difference(trained.param(name.substr(6)), value) < 1e-5);
    CHECK(golden::max_difference(checkpoint.model.param(name.substr(6)), value) > 1e-3);
    ++compared;
  }
  CHECK(compared == 6);
}

TEST_CASE("training leaves the model it started from alone", "[train]") {
  const auto checkpoint = golden::load("gpt2-sharded");
  const Model start = checkpoint.model.with(Plan({{"L0.*", integer_quantizer(4, true)}}));
  const std::string digest = start.digest();
  const auto before = evaluate_tokens(start, checkpoint.ids(1));
  Trainer trainer(start, {});
  // It starts from the effective params; its copies are contiguous, so products round otherwise.
  const auto copied = evaluate_tokens(trainer.model(), checkpoint.ids(1));
  REQUIRE(copied.size() == before.size());
  for (std::size_t i = 0; i < copied.size(); ++i)
    CHECK(copied[i] == Approx(before[i]).epsilon(1e-5));
  trainer.step({checkpoint.ids(1)}, 0.01);
  const Model first = trainer.model();
  const auto after = evaluate_tokens(first, checkpoint.ids(1));
  trainer.step({checkpoint.ids(1)}, 0.01);
  CHECK(evaluate_tokens(start, checkpoint.ids(1)) == before);
  CHECK(start.digest() == digest);
  CHECK(after != before);
  CHECK(evaluate_tokens(first, checkpoint.ids(1)) == after);
  CHECK(first.weights().name() == "trained");
  CHECK(first.digest() != digest);
}

TEST_CASE("the loss of a learned text falls", "[train]") {
  const auto checkpoint = golden::load("llama-gqa");
  Trainer trainer(checkpoint.model, {});
  const std::vector<TokenIds> texts = {checkpoint.ids(1)};
  const double first = trainer.step(texts, 0.01);
  double last = first;
  for (int step = 0; step < 30; ++step)
    last = trainer.step(texts, 0.01);
  CHECK(last < first / 4);
}

TEST_CASE("no learning rate, no change; no clipping when told", "[train]") {
  const auto checkpoint = golden::load("gpt2-tied");
  Trainer still(checkpoint.model, {});
  still.step({checkpoint.ids(1)}, 0);
  CHECK(still.model().digest() == Trainer(checkpoint.model, {}).model().digest());
  // Adam's first step does not depend on the gradient's size, so that clipping shows from the
  // second on only.
  AdamW free;
  free.clip_norm = 0;
  Trainer clipped(checkpoint.model, {}), unclipped(checkpoint.model, free);
  for (Trainer* trainer : {&clipped, &unclipped})
    for (const int text : {0, 1, 2})
      trainer->step({checkpoint.ids(text)}, 0.01);
  CHECK(clipped.model().digest() != unclipped.model().digest());
}

TEST_CASE("a step that cannot be done is refused and changes nothing", "[train]") {
  const auto checkpoint = golden::load("gpt2-tied");
  Trainer trainer(checkpoint.model, {});
  const std::string before = trainer.model().digest();
  CHECK(message_of([&] {
          trainer.step({{1}, {2}}, 0.1);
        }) == "a training step needs texts of two tokens or more; remove empty texts");
  CHECK(message_of([&] { trainer.step({}, 0.1); }) ==
        "a training step needs texts of two tokens or more; remove empty texts");
  CHECK(message_of([&] {
          trainer.step({TokenIds(33, 1)}, 0.1);
        }).starts_with("text 1 has 33 tokens"));
  CHECK(message_of([&] {
          trainer.step({{1, 61}}, 0.1);
        }).starts_with("token 61 is not in the model's vocabulary"));
  CHECK(trainer.steps() == 0);
  CHECK(trainer.model().digest() == before);
}

TEST_CASE("a loss that is not finite ends the training with a message", "[train]") {
  const auto checkpoint = golden::load("gpt2-tied");
  Trainer trainer(checkpoint.model, {});
  trainer.step({checkpoint.ids(1)}, 1e30);
  const std::string message = message_of([&] { trainer.step({checkpoint.ids(1)}, 1e30); });
  CHECK(message.starts_with("the loss is "));
  CHECK(message.ends_with("nan at step 2; lower the learning rate"));
  const Model huge = checkpoint.model.with_param("L1.mlp.up", at::full({128, 32}, 3e38));
  CHECK(message_of([&] {
          Trainer(huge, {}).step({checkpoint.ids(1)}, 0.1);
        }).starts_with("the loss is "));
}
