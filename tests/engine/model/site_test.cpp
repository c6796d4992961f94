// Names of sites, and which of them a selector finds.

#include "tests/support/catch.hpp"

#include "engine/glob.hpp"
#include "engine/model/site.hpp"
#include "tests/support/message.hpp"

using namespace residua;

static Architecture deep(int64_t layers) {
  Architecture a;
  a.layers = layers;
  return a;
}

static std::string found(const std::string& selector, int64_t layers = 2) {
  std::string names;
  for (const Site& site : find_sites(selector, deep(layers)))
    names += (names.empty() ? "" : " ") + site.name();
  return names;
}

TEST_CASE("all sites, in the order of the forward pass", "[site]") {
  CHECK(found("*", 1) ==
        "embed L0.resid.pre L0.attn.in L0.attn.pattern L0.attn.mixed L0.attn.out L0.resid.mid "
        "L0.mlp.in L0.mlp.hidden L0.mlp.out L0.resid.post final logits");
  CHECK(all_sites(deep(12)).size() == 12 * 10 + 3);
  CHECK(all_sites(deep(0)).size() == 3);
  for (const Site& site : all_sites(deep(12)))
    CHECK((find_sites(site.name(), deep(12)) == std::vector<Site>{site})); // Site does not print
}

TEST_CASE("there is no stream between attention and MLP where they run in parallel", "[site]") {
  Architecture a = deep(2);
  a.parallel = true;
  CHECK(all_sites(a).size() == 2 * 9 + 3);
  const std::string message = message_of([&] { find_sites("L0.resid.mid", a); });
  CHECK(message.starts_with("no site is called 'L0.resid.mid'; sites are embed, L*.resid.pre"));
  CHECK(message.find("resid.mid", message.find(';')) == std::string::npos);
}

TEST_CASE("selectors are globs", "[site]") {
  CHECK(found("L*.resid.post") == "L0.resid.post L1.resid.post");
  CHECK(found("L1.mlp.*") == "L1.mlp.in L1.mlp.hidden L1.mlp.out");
  CHECK(found("L[01].attn.out") == "L0.attn.out L1.attn.out");
  CHECK(found("L1*.resid.pre", 12) == "L1.resid.pre L10.resid.pre L11.resid.pre");
  CHECK(found("[ef]*") == "embed final");
}

TEST_CASE("TransformerLens names are understood", "[site]") {
  CHECK(found("blocks.1.hook_resid_pre") == "L1.resid.pre");
  CHECK(found("blocks.1.hook_resid_mid") == "L1.resid.mid");
  CHECK(found("blocks.0.hook_resid_post") == "L0.resid.post");
  CHECK(found("blocks.0.attn.hook_pattern") == "L0.attn.pattern");
  CHECK(found("blocks.11.mlp.hook_post", 12) == "L11.mlp.hidden");
  CHECK(found("blocks.0.attn.hook_z") == "L0.attn.mixed");
  CHECK(found("blocks.0.hook_attn_out") == "L0.attn.out");
  CHECK(found("ln_final.hook_normalized") == "final");
}

TEST_CASE("no such site", "[site]") {
  const std::string valid =
      "sites are embed, L*.resid.pre, L*.attn.in, L*.attn.pattern, L*.attn.mixed, L*.attn.out, "
      "L*.resid.mid, L*.mlp.in, L*.mlp.hidden, L*.mlp.out, L*.resid.post, final, logits; layers L0 "
      "to L1";
  for (const char* selector :
       {"", "L2.resid.post", "L0", "l0.resid.post", "blocks.2.hook_resid_pre", "blocks.", "["})
    CHECK(message_of([&] { find_sites(selector, deep(2)); }) ==
          cat("no site is called '", selector, "'; ", valid));
}

TEST_CASE("globs", "[glob]") {
  CHECK(glob_match("L*.attn.*", "L10.attn.qkv.bias"));
  CHECK(glob_match("L[0-3].mlp.down", "L3.mlp.down"));
  CHECK_FALSE(glob_match("L[0-3].mlp.down", "L13.mlp.down"));
  CHECK(glob_match("L?.norm[!2]", "L0.norm1"));
  CHECK_FALSE(glob_match("L?.norm[!2]", "L0.norm2"));
  CHECK(glob_match("*", ""));
  CHECK_FALSE(glob_match("", "head"));
  CHECK_FALSE(glob_match("head", "head.bias"));
  CHECK_FALSE(glob_match("Head", "head"));
}
