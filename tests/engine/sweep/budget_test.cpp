// Residual streams stay within their budget, and the results do not depend on it.

#include "tests/support/catch.hpp"

#include "engine/model/tensor_cache.hpp"
#include "engine/sweep/evaluate.hpp"
#include "tests/engine/sweep/small_models.hpp"

#include <ATen/ATen.h>
#include <cmath>

using namespace residua;

TEST_CASE("streams stay within their budget, with the same results", "[sweep][property]") {
  const Model base = small_model(6);
  std::vector<Model> models;
  for (int count = 0; count <= 6; ++count)
    for (const Model& model : protecting_each(base, count))
      models.push_back(model);
  REQUIRE(models.size() == 64);
  const std::vector<TokenIds> texts = {{1, 2, 3}, {4, 5}, {6, 7, 8, 9, 10, 11}, {12, 13, 14}};
  const Losses free = evaluate(models, texts);
  CHECK(free.report.layer_tokens == 14 * (126 + 64));
  for (const double bytes : {4e3, 1e4, 1e5}) { // a token's stream has 32 bytes
    const Losses bounded = evaluate(models, texts, {nullptr, bytes});
    CHECK(bounded.report.stream_bytes <= bytes);
    CHECK(bounded.report.layer_tokens == free.report.layer_tokens);
    for (std::size_t i = 0; i < models.size(); ++i)
      for (std::size_t text = 0; text < texts.size(); ++text)
        CHECK(bounded.nll[i][text] == Approx(free.nll[i][text]).epsilon(1e-6));
  }
}

/// The most that streams may take: the budget, or one per layer and two more of the longest text.
static double allowed(const Model& model, const std::vector<TokenIds>& texts, double bytes) {
  std::size_t longest = 0;
  for (const TokenIds& text : texts)
    longest = std::max(longest, text.size());
  const auto layers = static_cast<double>(model.architecture().layers);
  return std::max(bytes, (layers + 3) * static_cast<double>(longest) * 32);
}

static void check_budget(const std::vector<Model>& models, const std::vector<TokenIds>& texts,
                         double bytes) {
  const Losses free = evaluate(models, texts), bounded = evaluate(models, texts, {nullptr, bytes});
  CHECK(bounded.report.stream_bytes <= allowed(models[0], texts, bytes));
  CHECK(bounded.report.layer_tokens == bounded.report.trie_tokens);
  for (std::size_t i = 0; i < models.size(); ++i)
    for (std::size_t text = 0; text < texts.size(); ++text)
      REQUIRE(bounded.nll[i][text] == Approx(free.nll[i][text]).epsilon(1e-6));
}

TEST_CASE("streams stay within their budget for every shape of a trie", "[sweep]") {
  const auto text_of = [](int64_t length) {
    TokenIds text;
    for (int64_t i = 0; i < length; ++i)
      text.push_back(i % 61);
    return text;
  };
  const auto variants_of = [](const Model& base, const std::string& param, int count) {
    std::vector<Model> models;
    for (int i = 0; i < count; ++i)
      models.push_back(
          base.with_param(param, base.param(param) * (1 + 0.01 * static_cast<double>(i))));
    return models;
  };
  const Model deep = small_model(12), wide = small_model(2, 2000);
  SECTION("one long text") {
    check_budget(protecting_each(wide, 1), {text_of(1500)}, 1e4);
  }
  SECTION("many embeddings") {
    check_budget(variants_of(deep, "embed.positions", 64), {text_of(11), text_of(7)}, 2e4);
  }
  SECTION("many variants of a late layer, few texts") {
    for (const int count : {8, 11, 12})
      check_budget(variants_of(deep, "L10.mlp.up", count), std::vector(8, text_of(11)),
                   15 * 88 * 32);
  }
  SECTION("weights beyond the cache, many short texts") {
    const std::size_t cache = weight_cache().budget();
    weight_cache().set_budget(2000);
    check_budget(protecting_each(small_model(6), 3), std::vector(300, text_of(30)), 2e5);
    weight_cache().set_budget(cache);
  }
  SECTION("no limit") {
    check_budget(protecting_each(deep, 1), std::vector(8, text_of(11)), INFINITY);
  }
}
