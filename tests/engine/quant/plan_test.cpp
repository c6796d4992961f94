// Plans: which rule decides, what is never matched by accident, and costs counted by hand.

#include "tests/support/catch.hpp"

#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>

using namespace residua;

static const Quantizer kInt4 = integer_quantizer(4, true, Granularity::channel);
static const Quantizer kInt8 = integer_quantizer(8, true, Granularity::tensor);

/// "name:bits name:bits ..." of the params that a plan quantizes.
static std::string resolved(const Plan& plan, const Weights& weights) {
  std::string text;
  for (const auto& [name, quantizer] : plan.resolve(weights))
    text += cat(text.empty() ? "" : " ", name, ":", quantizer.grid.bits);
  return text;
}

TEST_CASE("the last rule that matches decides", "[plan]") {
  const auto weights = load_weights(golden::path("gpt2-tied"));
  CHECK(resolved(Plan({{"L*.mlp.up", kInt4}, {"L1.*", kInt8}, {"L1.norm*", {}}}), *weights) ==
        "L0.mlp.up:4 L1.attn.out:8 L1.attn.qkv:8 L1.mlp.down:8 L1.mlp.up:8 L2.mlp.up:4");
  CHECK(resolved(Plan({{"L1.*", kInt8}, {"L1.norm*", {}}, {"L*.mlp.up", kInt4}}), *weights) ==
        "L0.mlp.up:4 L1.attn.out:8 L1.attn.qkv:8 L1.mlp.down:8 L1.mlp.up:4 L2.mlp.up:4");
  CHECK(resolved(Plan({{"L*.mlp.up", kInt4}, {"L[02].*", {}}}), *weights) == "L1.mlp.up:4");
  CHECK(resolved(Plan({{"L*", {}}, {"L2.attn.out", kInt4}}), *weights) == "L2.attn.out:4");
  CHECK(resolved(Plan({}), *weights).empty());
}

TEST_CASE("only a selector that ends in .bias reaches biases", "[plan]") {
  const auto weights = load_weights(golden::path("gpt2-tied"));
  for (const char* selector : {"*", "L*", "L0.*", "*b*", "L0.mlp.up*", "?*"}) {
    INFO(selector);
    const auto chosen = Plan({{selector, kInt4}}).resolve(*weights);
    CHECK_FALSE(chosen.empty());
    for (const auto& [name, quantizer] : chosen)
      CHECK_FALSE(name.ends_with(".bias"));
  }
  CHECK(Plan({{"*", kInt4}}).resolve(*weights).size() == 2 + 3 * 6 + 1);
  CHECK(resolved(Plan({{"L0.mlp.*.bias", kInt4}}), *weights) ==
        "L0.mlp.down.bias:4 L0.mlp.up.bias:4");
  const Plan spared({{"*.bias", kInt4}, {"*", kInt8}, {"L*.bias", {}}});
  CHECK(spared.resolve(*weights).at("final.norm.bias").grid.bits == 4);
  CHECK_FALSE(spared.resolve(*weights).contains("L0.norm1.bias"));
}

TEST_CASE("a selector that matches nothing is an error, protecting or not", "[plan]") {
  const auto weights = load_weights(golden::path("gpt2-tied"));
  const std::string tail =
      "' matches no param of gpt2-tied; layers are L0 to L2; model:params() lists all names";
  for (const char* selector : {"L3.*", "l0.*", "", "L0", "L0.mlp.gate", "head", "L0.norm1.bia*"}) {
    CHECK(message_of([&] {
            Plan({{selector, kInt4}}).resolve(*weights);
          }) == cat("selector '", selector, tail));
    CHECK(message_of([&] {
            Plan({{"*", kInt4}, {selector, {}}}).cost(*weights);
          }) == cat("selector '", selector, tail));
  }
}

TEST_CASE("costs by hand", "[plan]") {
  const auto weights = load_weights(golden::path("gpt2-tied"));
  // Width 32, MLP 128, vocabulary 61, context 32, 3 layers.
  const int64_t layer =
      4 * 32 + (32 * 96 + 96) + (32 * 32 + 32) + (32 * 128 + 128) + (128 * 32 + 32);
  const int64_t all = 61 * 32 + 32 * 32 + 3 * layer + 64;
  const Cost none = Plan({}).cost(*weights);
  CHECK(none.values == all);
  CHECK(none.protected_share() == 1);
  CHECK(none.mean_bits() == 32);
  CHECK(none.bytes() == 4.0 * all);

  const Cost mlp = Plan({{"L*.mlp.*", kInt4}, {"L2.*", {}}}).cost(*weights);
  const double quantized = 2 * 2 * 4096, scales = 2 * (128 + 32); // of L0 and L1
  const double bits = 32 * (all - quantized) + 4 * quantized + 16 * scales;
  CHECK(mlp.protected_values == all - 16384);
  CHECK(mlp.protected_share() == (all - quantized) / all);
  CHECK(mlp.bits == bits);
  CHECK(mlp.mean_bits() == bits / all);
  CHECK(mlp.bytes() == 107904);

  // [96, 32] in groups of 5: 7 groups in a row, each with a 16-bit scale and a 3-bit zero point.
  const Cost groups =
      Plan({{"L0.attn.qkv", integer_quantizer(3, false, Granularity::group, 5)}}).cost(*weights);
  CHECK(groups.bits == 32.0 * (all - 3072) + 3072 * 3 + 96 * 7 * 19);
  // A vector has one row: 32 values, one scale.
  const Cost norm = Plan({{"final.norm", kInt4}}).cost(*weights);
  CHECK(norm.bits == 32.0 * (all - 32) + 32 * 4 + 16);
}

TEST_CASE("a protected value costs what is stored", "[plan]") {
  CHECK(Plan({}).cost(*load_weights(golden::path("gpt2-f16"))).mean_bits() == 16);
  CHECK(Plan({}).cost(*load_weights(golden::path("llama-bf16"))).mean_bits() == 16);
}

TEST_CASE("equal plans have equal digests, others not", "[plan]") {
  const Plan plan({{"L*.mlp.*", kInt4}, {"L0.*", {}}});
  CHECK(plan.describe() == "L*.mlp.*: int4 symmetric per channel, clip absmax; protect L0.*");
  CHECK(plan.digest() == Plan({{"L*.mlp.*", kInt4}, {"L0.*", {}}}).digest());
  const Plan others[] = {Plan({}),
                         Plan({{"L*.mlp.*", kInt4}}),
                         Plan({{"L0.*", {}}, {"L*.mlp.*", kInt4}}),
                         Plan({{"L*.mlp.*", kInt8}, {"L0.*", {}}}),
                         Plan({{"L*.mlp.*", kInt4}, {"L0.*", kInt4}}),
                         Plan({{"L*.mlp.*", kInt4}, {"L1.*", {}}})};
  for (const Plan& other : others)
    CHECK(other.digest() != plan.digest());
}
