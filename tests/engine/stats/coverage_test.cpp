// How often 95 % intervals hold the truth, simulated: 93 to 97 % for each kind of effect.

#include "engine/stats/association.hpp"
#include "engine/stats/random.hpp"
#include "engine/stats/resampling.hpp"
#include "engine/stats/two_sample.hpp"

#include "tests/support/catch.hpp"

#include <cmath>
#include <functional>

using namespace residua::stats;

namespace {

constexpr int kSamples = 1000;
constexpr int64_t kResamples = 500;

/// The share of samples whose interval holds the truth.
template <class IntervalOf> double coverage(double truth, IntervalOf interval_of) {
  int held = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    Random random(1000 + sample);
    const auto interval = interval_of(random, static_cast<uint64_t>(sample));
    held += interval.low <= truth && truth <= interval.high ? 1 : 0;
  }
  return static_cast<double>(held) / kSamples;
}

std::vector<double> draw(std::size_t n, const std::function<double()>& one) {
  std::vector<double> values(n);
  for (double& value : values)
    value = one();
  return values;
}

} // namespace

TEST_CASE("intervals of means cover, of normal and of skewed values", "[stats][coverage]") {
  const bool skewed = GENERATE(false, true);
  CAPTURE(skewed);
  const double share = coverage(skewed ? 1 : 0, [&](Random& random, uint64_t seed) {
    const auto values =
        draw(80, [&] { return skewed ? -std::log(1 - random.uniform()) : random.normal(); });
    return one_sample(values, {}, {}, {.resamples = kResamples, .flips = 19, .seed = seed});
  });
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}

TEST_CASE("intervals of means of few values cover", "[stats][coverage]") {
  const std::size_t n = GENERATE(3, 5, 6, 7, 8, 15);
  CAPTURE(n);
  const double share = coverage(0, [&](Random& random, uint64_t seed) {
    const auto values = draw(n, [&] { return random.normal(); });
    return one_sample(values, {}, {}, {.resamples = kResamples, .flips = 19, .seed = seed});
  });
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}

TEST_CASE("intervals of differences of small groups cover", "[stats][coverage]") {
  const auto [n, m, spread] = GENERATE(table<std::size_t, std::size_t, double>(
      {{3, 7, 1}, {6, 6, 1}, {8, 8, 1}, {8, 8, 3}, {5, 20, 2}}));
  CAPTURE(n, m, spread);
  const double share =
      coverage(0, [&, n = n, m = m, spread = spread](Random& random, uint64_t seed) {
        const auto a = draw(n, [&] { return random.normal(); });
        const auto b = draw(m, [&] { return spread * random.normal(); });
        return difference(a, b, {.resamples = kResamples, .flips = 19, .seed = seed});
      });
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}

TEST_CASE("intervals of ratios cover", "[stats][coverage]") {
  const double share = coverage(1.5, [](Random& random, uint64_t seed) {
    const auto bytes = draw(60, [&] { return 20 + 100 * random.uniform(); });
    std::vector<double> nats;
    for (const double size : bytes)
      nats.push_back(size * (1.5 + 0.3 * random.normal()));
    return ratio_of_sums(nats, bytes, {.resamples = kResamples, .seed = seed});
  });
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}

TEST_CASE("intervals of correlations cover", "[stats][coverage]") {
  const double share = coverage(0.6, [](Random& random, uint64_t seed) {
    const auto x = draw(60, [&] { return random.normal(); });
    std::vector<double> y;
    for (const double value : x)
      y.push_back(0.6 * value + 0.8 * random.normal());
    return association(Correlation::pearson, x, y, {},
                       {.resamples = kResamples, .flips = 19, .seed = seed});
  });
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}

TEST_CASE("intervals over languages and sentences cover", "[stats][coverage]") {
  // standard deviations of languages, sentences and noise
  const auto [languages, sentences, spread, shared, noise] =
      GENERATE(table<std::size_t, std::size_t, double, double, double>({{30, 40, 1, 1, 1},
                                                                        {3, 8, 1, 0.2, 0.5},
                                                                        {8, 8, 1, 1, 1},
                                                                        {16, 4, 0.2, 1, 0.5},
                                                                        {16, 16, 0.3, 0.3, 1}}));
  CAPTURE(languages, sentences, spread, shared, noise);
  std::vector<int64_t> clusters, units;
  for (std::size_t i = 0; i < languages * sentences; ++i) {
    clusters.push_back(static_cast<int64_t>(i / sentences));
    units.push_back(static_cast<int64_t>(i % sentences));
  }
  const double share = coverage(0, [&, l = languages, s = sentences, spread = spread,
                                    shared = shared, noise = noise](Random& random, uint64_t seed) {
    const auto of_language = draw(l, [&] { return spread * random.normal(); });
    const auto of_sentence = draw(s, [&] { return shared * random.normal(); });
    std::vector<double> values;
    for (std::size_t i = 0; i < l * s; ++i)
      values.push_back(of_language[i / s] + of_sentence[i % s] + noise * random.normal());
    return one_sample(values, clusters, units, {.resamples = 200, .seed = seed});
  });
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}

TEST_CASE("where noise is all, intervals over languages and sentences stay narrow",
          "[stats][coverage]") {
  std::vector<int64_t> clusters, units;
  for (int64_t i = 0; i < 256; ++i) {
    clusters.push_back(i / 16);
    units.push_back(i % 16);
  }
  double width = 0;
  const double share = coverage(0, [&](Random& random, uint64_t seed) {
    const auto values = draw(256, [&] { return random.normal(); });
    const Effect effect = one_sample(values, clusters, units, {.resamples = 200, .seed = seed});
    width += (effect.high - effect.low) / kSamples;
    return effect;
  });
  CHECK(share >= 0.93);
  CHECK(width < 1.5 * 2 * 1.96 / 16); // that of 256 independent values; drawing both: 1.7
}

TEST_CASE("intervals over languages and sentences stand missing cells", "[stats][coverage]") {
  const auto missing = GENERATE(0, 1, 2); // at random, a language with few sentences, with many
  CAPTURE(missing);
  const double share = coverage(0, [&](Random& random, uint64_t seed) {
    std::vector<int64_t> clusters, units;
    std::vector<double> values, of_sentence(100);
    for (double& value : of_sentence)
      value = 0.3 * random.normal();
    for (int64_t language = 0; language < 16; ++language) {
      const double of_language = random.normal();
      const int64_t count = missing == 0 ? 16 : (language == 0) == (missing == 2) ? 100 : 12;
      for (int64_t sentence = 0; sentence < count; ++sentence)
        if (missing != 0 || sentence == 0 || random.uniform() < 0.6) {
          clusters.push_back(language);
          units.push_back(sentence);
          values.push_back(of_language + of_sentence[static_cast<std::size_t>(sentence)] +
                           0.5 * random.normal());
        }
    }
    return one_sample(values, clusters, units, {.resamples = 200, .seed = seed});
  });
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}
