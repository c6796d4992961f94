#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/stats/bootstrap.hpp"
#include "engine/stats/paired.hpp"
#include "engine/stats/permutation.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;
using Labels = std::vector<int64_t>;

namespace {

struct Crossed {
  Values values;
  Labels clusters, units;
};

/// `languages` x `sentences` values around `mean`.
Crossed crossed(int64_t languages, int64_t sentences, double mean, Random& random,
                double of_sentences = 0) {
  Crossed data;
  Values shared;
  for (int64_t sentence = 0; of_sentences > 0 && sentence < sentences; ++sentence)
    shared.push_back(of_sentences * random.normal());
  shared.resize(static_cast<std::size_t>(sentences));
  for (int64_t language = 0; language < languages; ++language) {
    const double effect = mean + 0.5 * random.normal();
    for (int64_t sentence = 0; sentence < sentences; ++sentence) {
      data.values.push_back(effect + shared[static_cast<std::size_t>(sentence)] + random.normal());
      data.clusters.push_back(100 - language);
      data.units.push_back(sentence);
    }
  }
  return data;
}

} // namespace

TEST_CASE("a paired difference is the one sample of differences", "[stats]") {
  Random random(1);
  Values a, b, d;
  for (int i = 0; i < 12; ++i) {
    a.push_back(random.normal());
    b.push_back(a.back() - 1 + 0.5 * random.normal());
    d.push_back(a.back() - b.back());
  }
  const Effect effect = paired_difference(a, b), same = one_sample(d);
  CHECK(effect.estimate == same.estimate);
  CHECK(effect.low == same.low);
  CHECK(effect.high == same.high);
  CHECK(effect.p == sign_flip_p(d));
  CHECK(effect.n == 12);
  CHECK(effect.level == 0.95);
  CHECK(effect.low > 0);
  const Effect turned = paired_difference(b, a);
  CHECK(turned.estimate == Approx(-effect.estimate));
  CHECK(turned.p == effect.p);
}

TEST_CASE("the interval of a mean is the general BCa bootstrap's", "[stats]") {
  Random random(2);
  Values values;
  for (int i = 0; i < 25; ++i)
    values.push_back(std::exp(random.normal()));
  const auto mean = [&](std::span<const int64_t> indices) {
    double sum = 0;
    for (const int64_t index : indices)
      sum += values[static_cast<std::size_t>(index)];
    return sum / static_cast<double>(indices.size());
  };
  const Interval general = bootstrap(25, mean, {.expanded = true});
  const Effect effect = one_sample(values);
  CHECK(effect.low == Approx(general.low).epsilon(1e-10));
  CHECK(effect.high == Approx(general.high).epsilon(1e-10));
}

TEST_CASE("clusters count alike and are the units of inference", "[stats]") {
  const Values values{1, 3, 10, 5, 5, 5, 5};
  const Labels clusters{4, 4, 8, 6, 6, 6, 6};
  const Effect effect = one_sample(values, clusters);
  CHECK(effect.estimate == Approx((2.0 + 10 + 5) / 3));
  CHECK(effect.n == 3);
  CHECK(effect.p == 0.25); // all three means are positive: 2 of 8 flips
  // scipy.stats.t.interval(0.95, 2, 17 / 3, scipy.stats.sem([2, 5, 10]))
  CHECK(effect.low == Approx(-4.372856369442396).epsilon(1e-9));
  CHECK(effect.high == Approx(15.70618970277573).epsilon(1e-9));
  const Effect means = one_sample(Values{2, 5, 10});
  CHECK(effect.low == means.low);
  CHECK(effect.high == means.high);
}

TEST_CASE("sentences add their own doubt", "[stats]") {
  Random random(3);
  const Crossed data = crossed(16, 6, 0, random, 1);
  const Effect over_languages = one_sample(data.values, data.clusters);
  const Effect over_both = one_sample(data.values, data.clusters, data.units);
  CHECK(over_both.estimate == Approx(over_languages.estimate));
  CHECK(over_both.p > 3 * over_languages.p); // flips of languages know nothing of sentences
  CHECK(over_both.n == 16);
  CHECK(over_both.high - over_both.low > 1.5 * (over_languages.high - over_languages.low));
}

TEST_CASE("few languages and sentences have the interval of two crossed effects", "[stats]") {
  const Values values{1, 2, 4, 3, 2, 5, 5, 4, 7, 8, 12, 9};
  const Labels clusters{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2},
      units{0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
  // numpy, x [3, 4]: a, b = x.mean(1).var(ddof=1) / 3, x.mean(0).var(ddof=1) / 4;
  // e = (x - x.mean(1)[:, None] - x.mean(0) + x.mean()) ** 2).sum() / 6 / 12; v = a + b - e;
  // df = v ** 2 / (a ** 2 / 2 + b ** 2 / 3); scipy.stats.t.interval(0.95, df, x.mean(), v ** 0.5)
  const Effect effect = one_sample(values, clusters, units);
  CHECK(effect.low == Approx(-2.2652889826399685).epsilon(1e-9));
  CHECK(effect.high == Approx(12.598622315973302).epsilon(1e-9));
  CHECK(effect.p > 0.05);
}

TEST_CASE("languages with sentences of their own have an interval", "[stats]") {
  Values values;
  Labels clusters, units;
  for (int64_t language = 0; language < 8; ++language)
    for (int64_t sentence = 0; sentence < (language == 0 ? 20 : 3); ++sentence) {
      values.push_back(static_cast<double>((7 * language + 3 * sentence) % 11));
      clusters.push_back(language);
      units.push_back(language == 0 ? sentence : 17 + sentence);
    }
  const Effect effect = one_sample(values, clusters, units);
  CHECK(effect.low < effect.estimate);
  CHECK(effect.high > effect.estimate);
  const Effect two =
      one_sample(Values{1, 2, 1, 2, 1, 2}, Labels{0, 0, 1, 1, 2, 2}, Labels{0, 1, 0, 1, 0, 1});
  CHECK(std::isnan(two.low));
  CHECK(std::isnan(two.p)); // flips of languages would say 0.25
}

TEST_CASE("clustered intervals hold the mean where unclustered ones do not", "[stats]") {
  Random random(4);
  int held = 0, blind = 0;
  const int samples = 300;
  for (int i = 0; i < samples; ++i) {
    const Crossed data = crossed(30, 10, 0, random);
    EffectOptions options;
    options.resamples = 400;
    options.flips = 10;
    options.seed = static_cast<uint64_t>(i);
    const Effect clustered = one_sample(data.values, data.clusters, {}, options);
    const Effect plain = one_sample(data.values, {}, {}, options);
    held += clustered.low <= 0 && 0 <= clustered.high;
    blind += plain.low <= 0 && 0 <= plain.high;
  }
  CHECK(held / static_cast<double>(samples) >= 0.91);
  CHECK(held / static_cast<double>(samples) <= 0.98);
  CHECK(blind < held - samples / 10);
}

TEST_CASE("one unit allows no interval", "[stats]") {
  const Effect effect = one_sample(Values{2});
  CHECK(effect.estimate == 2);
  CHECK(std::isnan(effect.low));
  CHECK(std::isnan(effect.high));
  CHECK(effect.p == 1);
  CHECK(effect.n == 1);
  CHECK(std::isnan(one_sample(Values{1, 2, 3}, Labels{7, 7, 7}).low));
}

TEST_CASE("bad input of a paired difference is refused by name", "[stats]") {
  const Values three{1, 2, 3};
  CHECK_THROWS_WITH(paired_difference(three, Values{1, 2}),
                    Contains("paired_difference: b: 2 values where a has 3"));
  CHECK_THROWS_WITH(paired_difference(three, Values{1, NAN, 3}),
                    Contains("paired_difference: b: value 2 of 3 is nan"));
  CHECK_THROWS_WITH(paired_difference(Values{INFINITY}, Values{1}),
                    Contains("paired_difference: a: value 1 of 1"));
  CHECK_THROWS_WITH(one_sample(Values{}),
                    Contains("one_sample: values: 0 values; give at least 1"));
  CHECK_THROWS_WITH(one_sample(three, Labels{1}),
                    Contains("one_sample: clusters: 1 values where the data has 3"));
  CHECK_THROWS_WITH(one_sample(three, Labels{1, 2, 3}, Labels{1}),
                    Contains("one_sample: units: 1 values"));
  CHECK_THROWS_WITH(one_sample(three, {}, Labels{1, 2, 3}),
                    Contains("one_sample: units without clusters"));
  CHECK_THROWS_WITH(one_sample(three, {}, {}, {.level = 2}), Contains("one_sample: level is 2"));
}
