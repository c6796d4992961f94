// Every family against Hugging Face transformers: logits, losses, activations at every site,
// gradients. Tolerances are the project's promise; a float64 recomputation puts the golden values'
// own error near 3e-6.

#include "tests/support/catch.hpp"

#include "engine/probe/capture.hpp"
#include "engine/sweep/evaluate.hpp"
#include "engine/train/gradients.hpp"
#include "tests/support/golden.hpp"

#include <ATen/ATen.h>

using namespace residua;

TEST_CASE("logits and token losses equal transformers'", "[golden]") {
  for (const char* name : golden::kCheckpoints) {
    INFO(name);
    const auto checkpoint = golden::load(name);
    const std::vector<TokenIds> texts = {checkpoint.ids(0), checkpoint.ids(1), checkpoint.ids(2)};
    const auto logits = capture_tensors({checkpoint.model}, texts, {{Point::logits}});
    for (int text = 0; text < 3; ++text) {
      const std::string key = "text" + std::to_string(text);
      CHECK(golden::max_difference(logits[0][0][text], checkpoint.reference.at(key + ".logits")) <
            1e-4);
      const auto nll = evaluate_tokens(checkpoint.model, texts[text]);
      const at::Tensor mine = at::tensor(nll, at::kDouble);
      CHECK(golden::max_difference(mine, checkpoint.reference.at(key + ".nll")) < 1e-5);
    }
  }
}

TEST_CASE("activations at every site equal transformers'", "[golden]") {
  for (const char* name : golden::kCheckpoints) {
    const auto checkpoint = golden::load(name);
    const auto sites = all_sites(checkpoint.model.architecture());
    // Beside another text, so that padding in the attention would show.
    const auto captured =
        capture_tensors({checkpoint.model}, {checkpoint.ids(2), checkpoint.ids(1)}, sites);
    for (std::size_t i = 0; i < sites.size(); ++i) {
      INFO(name << " " << sites[i].name());
      const at::Tensor& reference = checkpoint.reference.at("text1." + sites[i].name());
      CHECK(golden::max_difference(captured[0][i][1], reference) < 1e-4);
    }
  }
}

TEST_CASE("gradients of weights and activations equal autograd's in transformers", "[golden]") {
  for (const char* name : golden::kCheckpoints) {
    const auto checkpoint = golden::load(name);
    std::vector<std::string> params;
    for (const Param& param : checkpoint.model.weights().params())
      params.push_back(param.name);
    const auto sites = find_sites("L*.resid.post", checkpoint.model.architecture());
    const Gradients mine = gradients(checkpoint.model, {checkpoint.ids(1)}, params, sites);
    for (const std::string& param : params) {
      INFO(name << " " << param);
      CHECK(golden::relative_difference(mine.params.at(param),
                                        checkpoint.reference.at("grad." + param)) < 1e-4);
    }
    for (const Site& site : sites) {
      INFO(name << " " << site.name());
      const at::Tensor& reference = checkpoint.reference.at("gradact." + site.name());
      CHECK(golden::relative_difference(mine.sites.at(site)[0], reference) < 1e-4);
    }
  }
}
