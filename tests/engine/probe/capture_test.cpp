// Captures against the golden activations, and reduced captures against whole ones.

#include "tests/support/catch.hpp"

#include "engine/probe/capture.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>

using namespace residua;

namespace {
struct Setup {
  golden::Checkpoint checkpoint = golden::load("gpt2-tied");
  Model other = checkpoint.model.with(Plan({{"L1.*", integer_quantizer(3, true)}}));
  std::vector<TokenIds> texts = {checkpoint.ids(0), checkpoint.ids(1), checkpoint.ids(2),
                                 checkpoint.ids(0)};
  std::vector<Site> sites = find_sites(
      "L[12].*[to][nru][td]*", other.architecture()); // attn.out, resid.mid, mlp.out, resid.post
};
} // namespace

TEST_CASE("moments by group are those of the whole activations", "[probe]") {
  const Setup s;
  const std::vector<int64_t> groups = {1, 0, 1, 2};
  const auto moments = capture_moments({s.checkpoint.model, s.other}, s.texts, s.sites, groups, 4);
  const auto whole = capture_tensors({s.checkpoint.model, s.other}, s.texts, s.sites);
  for (std::size_t model = 0; model < 2; ++model)
    for (std::size_t site = 0; site < s.sites.size(); ++site)
      for (int64_t group = 0; group < 4; ++group) {
        std::vector<at::Tensor> parts = {at::empty({0, 32})};
        for (std::size_t text = 0; text < s.texts.size(); ++text)
          if (groups[text] == group)
            parts.push_back(whole[model][site][text]);
        const at::Tensor all = at::cat(parts).to(at::kDouble).flatten();
        const stats::Moments& mine = moments[model][site][group];
        INFO(s.sites[site].name() << " group " << group);
        REQUIRE(mine.n == static_cast<double>(all.numel()));
        if (all.numel() == 0)
          continue;
        CHECK(mine.mean == Approx(all.mean().item<double>()).margin(1e-12));
        CHECK(mine.variance() == Approx(all.var(true).item<double>()).epsilon(1e-9));
      }
}

TEST_CASE("the attention pattern has a square per text, without padding", "[probe]") {
  const Setup s;
  const auto patterns =
      capture_tensors({s.checkpoint.model}, s.texts, {{Point::attn_pattern, 1}})[0][0];
  for (std::size_t text = 0; text < s.texts.size(); ++text) {
    const auto n = static_cast<int64_t>(s.texts[text].size());
    CHECK(patterns[text].sizes() == at::IntArrayRef({4, n, n}));
    CHECK(golden::max_difference(patterns[text].sum(-1), at::ones({4, n})) < 1e-5);
    CHECK(patterns[text].triu(1).abs().max().item<float>() == 0);
  }
  const auto moments =
      capture_moments({s.checkpoint.model}, s.texts, {{Point::attn_pattern, 1}}, {0, 0, 0, 0}, 1);
  CHECK(moments[0][0][0].n == 4 * (25 + 17 * 17 + 900 + 25));
  const std::string tail =
      "site 'L1.attn.pattern' has no fixed width; capture it with reduce = \"tensor\"";
  CHECK(message_of([&] { capture_means({s.other}, s.texts, {{Point::attn_pattern, 1}}); }) == tail);
  CHECK(message_of([&] {
          compare(s.other, {s.other}, s.texts, {{Point::attn_pattern, 1}}, Comparison::cosine);
        }) == tail);
}

TEST_CASE("means are those of the whole activations", "[probe]") {
  const Setup s;
  const auto means = capture_means({s.checkpoint.model, s.other}, s.texts, s.sites);
  const auto whole = capture_tensors({s.checkpoint.model, s.other}, s.texts, s.sites);
  for (std::size_t model = 0; model < 2; ++model)
    for (std::size_t site = 0; site < s.sites.size(); ++site)
      for (std::size_t text = 0; text < s.texts.size(); ++text)
        CHECK(golden::max_difference(means[model][site][text],
                                     whole[model][site][text].to(at::kDouble).mean(0)) < 1e-12);
}

TEST_CASE("comparisons are those of the whole activations", "[probe]") {
  const Setup s;
  const Model& base = s.checkpoint.model;
  std::vector<at::Tensor> centers;
  for (std::size_t site = 0; site < s.sites.size(); ++site)
    centers.push_back(at::randn({32}));
  const auto cosine = compare(base, {base, s.other}, s.texts, s.sites, Comparison::cosine);
  const auto centred = compare(base, {s.other}, s.texts, s.sites, Comparison::cosine, centers);
  const auto error = compare(base, {base, s.other}, s.texts, s.sites, Comparison::relative_error);
  const auto whole = capture_tensors({base, s.other}, s.texts, s.sites);
  for (std::size_t site = 0; site < s.sites.size(); ++site)
    for (std::size_t text = 0; text < s.texts.size(); ++text) {
      const at::Tensor x = whole[0][site][text].to(at::kDouble),
                       y = whole[1][site][text].to(at::kDouble);
      const auto mean_cosine = [](const at::Tensor& a, const at::Tensor& b) {
        return at::cosine_similarity(a, b, 1).mean().item<double>();
      };
      CHECK(cosine[0][site][text] == Approx(1).epsilon(1e-12));
      CHECK(error[0][site][text] == 0);
      CHECK(cosine[1][site][text] == Approx(mean_cosine(x, y)).epsilon(1e-9));
      CHECK(centred[0][site][text] ==
            Approx(mean_cosine(x - centers[site], y - centers[site])).epsilon(1e-9));
      CHECK(error[1][site][text] ==
            Approx(((y - x).norm() / x.norm()).item<double>()).epsilon(1e-9));
      CHECK(cosine[1][site][text] < 1);
    }
}

TEST_CASE("before the first difference a model equals its reference", "[probe]") {
  const Setup s;
  const auto sites = find_sites("L0.*.out", s.other.architecture());
  const auto errors =
      compare(s.checkpoint.model, {s.other}, s.texts, sites, Comparison::relative_error);
  for (const auto& of_site : errors[0])
    for (const double error : of_site)
      CHECK(error == 0);
}

TEST_CASE("an activation of nothing but zeros", "[probe]") {
  const Setup s;
  const Model& base = s.checkpoint.model;
  const Model zero = base.ablated({Point::attn_out, 1}, {});
  const std::vector<Site> site = {{Point::attn_out, 1}};
  CHECK(compare(base, {zero}, s.texts, site, Comparison::cosine)[0][0][0] == 0);
  CHECK(compare(base, {zero}, s.texts, site, Comparison::relative_error)[0][0][0] == 1);
  CHECK(compare(zero, {zero}, s.texts, site, Comparison::relative_error)[0][0][0] == 0);
  CHECK(std::isinf(compare(zero, {base}, s.texts, site, Comparison::relative_error)[0][0][0]));
}

TEST_CASE("a text of one token can be looked at", "[probe]") {
  const Setup s;
  const auto seen =
      capture_tensors({s.other}, {{5}, {1, 2}}, {{Point::embed}, {Point::final}, {Point::logits}});
  CHECK(seen[0][0][0].sizes() == at::IntArrayRef({1, 32}));
  CHECK(seen[0][2][0].sizes() == at::IntArrayRef({1, 61}));
  CHECK(capture_tensors({s.other}, {{5}}, {{Point::logits}})[0][0][0].sizes() ==
        at::IntArrayRef({1, 61}));
}
