// A trained checkpoint end to end: stories260K, whose continuation transformers recorded.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/probe/capture.hpp"
#include "engine/sweep/continuation.hpp"
#include "engine/sweep/evaluate.hpp"
#include "tests/support/golden.hpp"

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

using namespace residua;

TEST_CASE("stories260K continues as the reference does", "[golden][data]") {
  const auto folder = golden::shared_data("models/stories260K");
  if (!folder)
    return;
  const auto reference = nlohmann::json::parse(read_file(*folder / "reference.json"));
  const Model model(load_weights(*folder));
  const TokenIds prompt = reference["prompt_ids"];
  const auto logits = capture_tensors({model}, {prompt}, {{Point::logits}})[0][0][0];
  const std::vector<double> first = reference["logits_step0"];
  CHECK(golden::max_difference(logits[-1], at::tensor(first, at::kDouble)) < 1e-4);
  const TokenIds expected = reference["greedy_ids"];
  const TokenIds ids =
      continue_greedily(model, prompt, static_cast<int64_t>(expected.size() - prompt.size()), -1);
  CHECK(ids == expected);
  CHECK(model.tokenizer().decode(std::vector<int64_t>(ids)) == reference["text"]);
}
