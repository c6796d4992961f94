// How often 95 % intervals of divergences hold the truth, simulated: tokens within sentences, whose
// means differ and depend on their length, so that the mean KLD is a ratio of sums.

#include "tests/support/catch.hpp"

#include "engine/probe/divergence_summary.hpp"
#include "engine/stats/random.hpp"

#include <ATen/ATen.h>
#include <cmath>

using namespace residua;

namespace {

constexpr int64_t kShortest = 2, kLongest = 10; // tokens of a sentence

/// Mean KLD of the tokens of a sentence of n tokens.
double mean_of_length(int64_t n) {
  return 1 + 0.1 * static_cast<double>(n);
}

double true_mean() {
  double sum = 0, count = 0;
  for (int64_t n = kShortest; n <= kLongest; ++n) {
    sum += static_cast<double>(n) * mean_of_length(n);
    count += static_cast<double>(n);
  }
  return sum / count;
}

/// The share of 2000 samples of `sentences` whose interval of the mean KLD holds the truth.
double coverage(int64_t sentences) {
  constexpr int kSamples = 2000;
  const double truth = true_mean();
  int held = 0;
  std::vector<int64_t> units, lengths, group(static_cast<std::size_t>(sentences), 0);
  for (int64_t i = 0; i < sentences; ++i)
    units.push_back(i);
  for (int sample = 0; sample < kSamples; ++sample) {
    stats::Random random(static_cast<uint64_t>(sample) + 1);
    std::vector<double> rows;
    lengths.clear();
    for (int64_t i = 0; i < sentences; ++i) {
      const auto n = kShortest + static_cast<int64_t>(random.below(kLongest - kShortest + 1));
      const double effect = std::exp(0.3 * random.normal() - 0.045) * mean_of_length(n);
      lengths.push_back(n);
      for (int64_t token = 0; token < n; ++token)
        rows.insert(rows.end(), {-effect * std::log(1 - random.uniform()), 1, 1, 1});
    }
    const auto size = static_cast<int64_t>(rows.size()) / kDivergenceColumns;
    const at::Tensor values = at::from_blob(rows.data(), {size, kDivergenceColumns}, at::kDouble);
    const auto summary = summarize(values, lengths, group, 1, units,
                                   {.resamples = 400, .seed = static_cast<uint64_t>(sample)})[0];
    for (const auto& [name, interval] : summary.metrics)
      if (name == "mean_kld")
        held += interval.low <= truth && truth <= interval.high;
  }
  return static_cast<double>(held) / kSamples;
}

} // namespace

TEST_CASE("intervals of mean divergences cover", "[probe][coverage]") {
  const int64_t sentences = GENERATE(100, 200);
  const double share = coverage(sentences);
  CAPTURE(sentences);
  CHECK(share >= 0.93);
  CHECK(share <= 0.97);
}
