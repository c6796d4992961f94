// Divergences against whole logits in double precision, and summaries against the tokens one by
// one.

#include "tests/support/catch.hpp"

#include "engine/model/tensor_cache.hpp"
#include "engine/probe/capture.hpp"
#include "engine/probe/divergence_summary.hpp"
#include "engine/stats/correlation.hpp"
#include "engine/stats/quantile.hpp"
#include "engine/stats/resampling.hpp"
#include "engine/sweep/evaluate.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <map>
#include <set>

using namespace residua;

namespace {

Plan quantized(const std::string& selector, int bits) {
  return Plan({{selector, integer_quantizer(bits, true)}});
}

struct Pair {
  explicit Pair(const std::string& name)
      : base(golden::load(name).model), near(base.with(quantized("L1.*", 4))),
        far(base.with(quantized("*", 2))) {
    for (const int text : {2, 0, 1, 0})
      texts.push_back(golden::load(name).ids(text));
  }
  Model base, near, far;
  std::vector<TokenIds> texts;
};

/// The definition in scalar loops, from whole logits: [tokens - 1, 4] of one text.
at::Tensor by_definition(const at::Tensor& base, const at::Tensor& changed, const TokenIds& ids) {
  const auto log_p = [](const at::Tensor& row) {
    const auto values = row.to(at::kDouble).contiguous();
    std::vector<double> list(values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
    double sum = 0;
    for (const double value : list)
      sum += std::exp(value - list[0]);
    for (double& value : list)
      value -= values.data_ptr<double>()[0] + std::log(sum);
    return list;
  };
  at::Tensor result = at::zeros({static_cast<int64_t>(ids.size()) - 1, 4}, at::kDouble);
  auto out = result.accessor<double, 2>();
  for (int64_t i = 0; i + 1 < static_cast<int64_t>(ids.size()); ++i) {
    const auto p = log_p(base[i]), q = log_p(changed[i]);
    for (std::size_t token = 0; token < p.size(); ++token)
      out[i][0] += std::exp(p[token]) * (p[token] - q[token]);
    out[i][1] = -p[static_cast<std::size_t>(ids[i + 1])];
    out[i][2] = -q[static_cast<std::size_t>(ids[i + 1])];
    out[i][3] = std::max_element(p.begin(), p.end()) - p.begin() ==
                std::max_element(q.begin(), q.end()) - q.begin();
  }
  return result;
}

/// Each metric again from a list of tokens, by other code: [metric name] -> value.
std::map<std::string, double> direct(const at::Tensor& rows) {
  std::vector<double> kld, base, changed, dp;
  double kld_sum = 0, dp_sum = 0, squares = 0, same = 0, base_sum = 0, changed_sum = 0;
  for (int64_t i = 0; i < rows.size(0); ++i) {
    const double* row = rows[i].data_ptr<double>();
    kld.push_back(row[0]);
    base.push_back(row[1]);
    changed.push_back(row[2]);
    dp.push_back(100 * (std::exp(-row[2]) - std::exp(-row[1])));
    kld_sum += row[0];
    base_sum += row[1];
    changed_sum += row[2];
    dp_sum += dp.back();
    squares += dp.back() * dp.back();
    same += row[3];
  }
  const auto n = static_cast<double>(rows.size(0));
  return {{"ppl", std::exp(changed_sum / n)},
          {"ppl_base", std::exp(base_sum / n)},
          {"correlation", stats::pearson(base, changed)},
          {"ln_ppl_ratio", (changed_sum - base_sum) / n},
          {"ppl_ratio", std::exp((changed_sum - base_sum) / n)},
          {"ppl_difference", std::exp(changed_sum / n) - std::exp(base_sum / n)},
          {"mean_kld", kld_sum / n},
          {"max_kld", stats::quantile(kld, 1)},
          {"kld_p999", stats::quantile(kld, 0.999)},
          {"kld_p95", stats::quantile(kld, 0.95)},
          {"median_kld", stats::quantile(kld, 0.5)},
          {"kld_p01", stats::quantile(kld, 0.01)},
          {"min_kld", stats::quantile(kld, 0)},
          {"mean_dp", dp_sum / n},
          {"rms_dp", std::sqrt(squares / n)},
          {"dp_p90", stats::quantile(dp, 0.9)},
          {"dp_p05", stats::quantile(dp, 0.05)},
          {"min_dp", stats::quantile(dp, 0)},
          {"same_top", 100 * same / n}};
}

const stats::Interval& metric(const DivergenceSummary& summary, const std::string& name) {
  for (const auto& [key, interval] : summary.metrics)
    if (key == name)
      return interval;
  throw std::runtime_error(name);
}

} // namespace

TEST_CASE("divergences are those of whole logits", "[probe]") {
  for (const char* name : {"gpt2-tied", "llama-gqa", "opt-350m", "gemma2-a"}) {
    const Pair pair(name);
    const std::vector<Model> models = {pair.near, pair.base, pair.far};
    const auto found = diverge(pair.base, models, pair.texts);
    std::vector<Model> all = {pair.base};
    all.insert(all.end(), models.begin(), models.end());
    const auto logits = capture_tensors(all, pair.texts, {{Point::logits}});
    const Losses losses = evaluate(models, pair.texts);
    CHECK(found.tokens == losses.tokens);
    for (std::size_t model = 0; model < models.size(); ++model) {
      int64_t first = 0;
      for (std::size_t text = 0; text < pair.texts.size(); ++text) {
        INFO(name << " model " << model << " text " << text);
        const auto expected =
            by_definition(logits[0][0][text], logits[model + 1][0][text], pair.texts[text]);
        const auto mine = found.values[model].narrow(0, first, found.tokens[text]);
        // logits of fewer tokens at a time: their float32 products may round apart
        CHECK(golden::max_difference(mine, expected) < 1e-5);
        CHECK(mine.select(1, kNllChanged).sum().item<double>() ==
              Approx(losses.nll[model][text]).epsilon(1e-5));
        CHECK(mine.select(1, kKld).min().item<double>() >= 0);
        first += found.tokens[text];
      }
    }
    CHECK(found.values[1].select(1, kKld).max().item<double>() == 0); // the base against itself
    CHECK(found.values[1].select(1, kSameTop).min().item<double>() == 1);
    CHECK(found.values[2].select(1, kKld).mean().item<double>() >
          found.values[0].select(1, kKld).mean().item<double>());
  }
}

TEST_CASE("the head alone may differ, and logits may be ablated", "[probe]") {
  const Pair pair("llama-gqa");
  const Model head = pair.base.with(quantized("head", 2));
  const Model flat = pair.base.ablated({Point::logits}, {}); // all logits 0
  const auto found = diverge(pair.base, {head, flat}, pair.texts);
  const auto vocab = static_cast<double>(pair.base.architecture().vocab);
  CHECK(found.values[0].select(1, kKld).min().item<double>() > 0);
  CHECK(golden::max_difference(found.values[1].select(1, kNllChanged),
                               at::full({found.values[1].size(0)}, std::log(vocab), at::kDouble)) <
        1e-12);
}

TEST_CASE("batches and groups of batches change nothing", "[probe]") {
  const Pair pair("gpt2-f16");
  std::vector<TokenIds> texts;
  for (int i = 0; i < 300; ++i) // over 4096 tokens
    texts.push_back(pair.texts[static_cast<std::size_t>(i) % 4]);
  const auto few = diverge(pair.base, {pair.near, pair.far}, pair.texts);
  const auto many = diverge(pair.base, {pair.near, pair.far}, texts);
  const std::size_t budget = weight_cache().budget();
  weight_cache().set_budget(60000);
  const auto streamed = diverge(pair.base, {pair.near, pair.far}, texts);
  weight_cache().set_budget(budget);
  for (std::size_t model = 0; model < 2; ++model) {
    CHECK(golden::max_difference(streamed.values[model], many.values[model]) == 0);
    CHECK(golden::max_difference(few.values[model].repeat({75, 1}), many.values[model]) < 1e-5);
  }
}

/// Of three sentences: of means Student's, where they are above 0 that of their logarithms; of
/// quantiles and extremes between percentiles.
static stats::Interval interval_of_three(const std::string& name, double value,
                                         std::vector<double> drawn, double level) {
  const std::set<std::string> positive{"ppl", "ppl_base", "ppl_ratio", "mean_kld"};
  const std::map<std::string, std::pair<double, double>> ranges{
      {"correlation", {-1, 1}}, {"ln_ppl_ratio", {-1e300, 1e300}},
      {"mean_dp", {-100, 100}}, {"ppl_difference", {-1e300, 1e300}},
      {"rms_dp", {0, 100}},     {"same_top", {0, 100}}};
  if (positive.contains(name)) {
    for (double& one : drawn)
      one = std::log(one);
    const auto of_log = stats::expanded_interval(std::log(value), drawn, level, 3);
    return {value, std::exp(of_log.low), std::exp(of_log.high), level};
  }
  if (!ranges.contains(name))
    return stats::outer_interval(value, drawn, stats::mean_outer_quantile(level, 3), level);
  const auto interval = stats::expanded_interval(value, drawn, level, 3);
  const auto [least, most] = ranges.at(name);
  return {value, std::max(interval.low, least), std::min(interval.high, most), level};
}

TEST_CASE("summaries by group are those of its tokens, with intervals over sentences", "[probe]") {
  const Pair pair("gpt2-tied");
  std::vector<TokenIds> texts = pair.texts;
  texts.insert(texts.end(), {pair.texts[1], pair.texts[0]});
  const auto found = diverge(pair.base, {pair.far}, texts);
  // two languages of three sentences, whose order differs
  const std::vector<int64_t> groups = {0, 0, 0, 1, 1, 1}, units = {7, 3, 5, 3, 5, 7};
  const DivergenceSummaryOptions options{.resamples = 200, .level = 0.9, .seed = 5};
  const auto summaries = summarize(found.values[0], found.tokens, groups, 2, units, options);
  std::vector<at::Tensor> parts;
  int64_t first = 0;
  for (const int64_t count : found.tokens) {
    parts.push_back(found.values[0].narrow(0, first, count).contiguous());
    first += count;
  }
  const auto counts = stats::resample_counts(3, options.resamples, options.seed);
  const std::size_t text_of[2][3] = {{0, 1, 2}, {5, 3, 4}}; // by group, unit as it appears
  for (std::size_t group = 0; group < 2; ++group) {
    std::map<std::string, std::vector<double>> drawn;
    for (std::size_t i = 0; i < counts.size(); i += 3) {
      std::vector<at::Tensor> list;
      for (std::size_t unit = 0; unit < 3; ++unit)
        for (int times = 0; times < counts[i + unit]; ++times)
          list.push_back(parts[text_of[group][unit]]);
      for (const auto& [name, value] : direct(at::cat(list)))
        drawn[name].push_back(value);
    }
    std::vector<at::Tensor> own;
    for (const std::size_t text : text_of[group])
      own.push_back(parts[text]);
    const at::Tensor all = at::cat(own);
    const auto whole = direct(all);
    CHECK(summaries[group].tokens == all.size(0));
    for (const auto& [name, value] : whole) {
      INFO(name);
      const auto& mine = metric(summaries[group], name);
      const auto expected = interval_of_three(name, value, drawn[name], options.level);
      CHECK(mine.estimate == Approx(value).epsilon(1e-10).margin(1e-12));
      CHECK(mine.low == Approx(expected.low).epsilon(1e-10).margin(1e-12));
      CHECK(mine.high == Approx(expected.high).epsilon(1e-10).margin(1e-12));
    }
  }
}

TEST_CASE("summaries of one sentence, of a model with itself, of one token", "[probe]") {
  const Pair pair("gpt2-tied");
  const auto found = diverge(pair.base, {pair.base}, {pair.texts[0], {1, 2}});
  const auto summaries =
      summarize(found.values[0], found.tokens, {0, 1}, 2, {0, 1}, {.resamples = 50});
  for (const auto& summary : summaries) {
    CHECK(metric(summary, "mean_kld").estimate == 0);
    CHECK(std::isnan(metric(summary, "mean_kld").low)); // one unit: no interval
    CHECK(metric(summary, "same_top").estimate == 100);
    CHECK(metric(summary, "ppl_ratio").estimate == 1);
    CHECK(metric(summary, "rms_dp").estimate == 0);
  }
  CHECK(metric(summaries[0], "correlation").estimate == Approx(1).epsilon(1e-12));
  CHECK(std::isnan(metric(summaries[1], "correlation").estimate)); // one token
  const auto both = summarize(found.values[0], found.tokens, {0, 0}, 1, {0, 1}, {.resamples = 50});
  CHECK(std::isnan(metric(both[0], "same_top").low)); // two units: too few
  const auto three = diverge(pair.base, {pair.base}, {pair.texts[0], {1, 2}, {2, 1}});
  const auto enough =
      summarize(three.values[0], three.tokens, {0, 0, 0}, 1, {0, 1, 2}, {.resamples = 50});
  CHECK(metric(enough[0], "same_top").low == 100);
}

TEST_CASE("divergences that cannot be are refused", "[probe]") {
  const Pair pair("gpt2-tied");
  CHECK(message_of([&] {
          diverge(pair.base, {pair.near}, {{1, 2}, {3}});
        }) ==
        "text 2 has 1 tokens, a divergence needs two or more (the first is not predicted); remove "
        "empty texts");
  CHECK(message_of([&] {
          diverge(pair.base, {golden::load("llama-gqa").model}, {{1, 2}});
        }).starts_with("models of one batch differ in architecture"));
  const at::Tensor values = at::zeros({3, 4}, at::kDouble);
  CHECK(message_of([&] {
          summarize(values, {2, 2}, {0, 0}, 1, {0, 1});
        }) == "divergence: values of shape [3, 4] for 4 tokens; give what run.divergence returned");
  CHECK(message_of([&] {
          summarize(values, {4, -1}, {0, 0}, 1, {0, 1});
        }).starts_with("divergence: values of shape"));
  CHECK(message_of([&] {
          summarize(values, {1, 2}, {0, 0}, 2, {0, 1});
        }) == "divergence: group 2 has no texts; leave it out");
  CHECK(message_of([&] {
          summarize(values, {1, 2}, {0}, 1, {0, 1});
        }) == "divergence: groups: 1 values where texts has 2; give as many of each");
  CHECK(message_of([&] { summarize(values, {}, {}, 0, {}); }) ==
        "divergence: texts: 0 values; give at least 1");
  const at::Tensor bad = values.clone();
  bad[2][kKld].fill_(NAN);
  CHECK(message_of([&] {
          summarize(bad, {1, 2}, {0, 0}, 1, {0, 1});
        }) == "divergence: token 3 of text 2 is not finite; find out which weights or activations "
              "overflow");
  CHECK(message_of([&] {
          summarize(values, {1, 2}, {0, 0}, 1, {0, 1}, {.level = 95});
        }).starts_with("divergence: level is 95"));
}
