#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/bootstrap.hpp"
#include "engine/stats/correlation.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden.hpp"

#include <cmath>
#include <numeric>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

Statistic mean_of(const Values& values) {
  return [&values](std::span<const int64_t> indices) {
    double sum = 0;
    for (const int64_t index : indices)
      sum += values.at(static_cast<std::size_t>(index));
    return sum / static_cast<double>(indices.size());
  };
}

Values normals(std::size_t n, Random& random) {
  Values values(n);
  for (double& value : values)
    value = random.normal();
  return values;
}

/// Share of seeded samples whose interval holds the true mean 0.
double coverage(BootstrapMethod method) {
  Random random(1);
  const int samples = 400;
  int held = 0;
  for (int i = 0; i < samples; ++i) {
    const Values values = normals(40, random);
    BootstrapOptions options;
    options.resamples = 600;
    options.seed = static_cast<uint64_t>(i);
    options.method = method;
    const Interval interval = bootstrap(40, mean_of(values), options);
    held += interval.low <= 0 && 0 <= interval.high;
  }
  return static_cast<double>(held) / samples;
}

} // namespace

TEST_CASE("95 % intervals hold the mean in 92 to 98 % of samples", "[stats]") {
  for (const auto method : {BootstrapMethod::percentile, BootstrapMethod::bca}) {
    const double share = coverage(method);
    CHECK(share >= 0.92);
    CHECK(share <= 0.98);
  }
}

TEST_CASE("the percentile interval lies between quantiles", "[stats]") {
  Values resampled(101);
  std::iota(resampled.begin(), resampled.end(), 0.0);
  const Interval interval = percentile_interval(50, resampled, 0.9);
  CHECK(interval.estimate == 50);
  CHECK(interval.low == Approx(5).epsilon(1e-12));
  CHECK(interval.high == Approx(95).epsilon(1e-12));
  CHECK(interval.level == 0.9);
}

TEST_CASE("the BCa interval agrees with its formula in scipy's functions", "[stats]") {
  const Values resampled{0.7, 0.9, 1.0, 1.1, 1.2, 1.2, 1.3, 1.3, 1.4, 1.5, 1.7, 1.9, 2.2, 2.6, 3.1};
  const Values jackknife{1.1, 1.2, 1.25, 1.3, 1.35, 1.9};
  // z0 = norm.ppf(7 / 15), a = -0.0963506; norm.cdf(z0 + (z0 + z) / (1 - a (z0 + z))), then
  // numpy.quantile
  const Interval interval = bca_interval(1.3, resampled, jackknife, 0.8);
  CHECK(interval.low == Approx(0.8369153946963279).epsilon(1e-12));
  CHECK(interval.high == Approx(2.123736974708049).epsilon(1e-12));
}

TEST_CASE("BCa without bias or skewness is the percentile interval", "[stats]") {
  Values resampled(99);
  std::iota(resampled.begin(), resampled.end(), -49.0);
  const Interval bca = bca_interval(0, resampled, Values{-1, 0, 1}, 0.95);
  const Interval plain = percentile_interval(0, resampled, 0.95);
  CHECK(bca.low == Approx(plain.low).epsilon(1e-10));
  CHECK(bca.high == Approx(plain.high).epsilon(1e-10));
}

TEST_CASE("a bootstrap is fixed by its seed", "[stats]") {
  Random random(2);
  const Values values = normals(30, random);
  BootstrapOptions options;
  options.resamples = 200;
  const Interval first = bootstrap(30, mean_of(values), options),
                 again = bootstrap(30, mean_of(values), options);
  CHECK(first.low == again.low);
  CHECK(first.high == again.high);
  options.seed = 2;
  CHECK(bootstrap(30, mean_of(values), options).low != first.low);
  CHECK(first.estimate == Approx(std::accumulate(values.begin(), values.end(), 0.0) / 30));
  CHECK(first.low < first.estimate);
  CHECK(first.estimate < first.high);
}

TEST_CASE("the spread of the resampled mean is its standard error", "[stats]") {
  Values values(50);
  std::iota(values.begin(), values.end(), 0.0); // variance (divided by n) is (n^2 - 1) / 12
  BootstrapOptions options;
  options.resamples = 20000;
  double sum = 0, squares = 0;
  for (const double mean : resample(50, mean_of(values), options)) {
    sum += mean;
    squares += mean * mean;
  }
  const double mean = sum / 20000, variance = squares / 20000 - mean * mean;
  CHECK(mean == Approx(24.5).margin(0.06)); // 4 standard errors
  CHECK(variance == Approx((50.0 * 50 - 1) / 12 / 50).epsilon(0.04));
}

TEST_CASE("resamples without a value are left out", "[stats]") {
  const Values x{1, 2, 3, 4}, y{1, 3, 2, 4};
  const Statistic correlated = [&](std::span<const int64_t> indices) {
    Values a, b;
    for (const int64_t index : indices) {
      a.push_back(x[static_cast<std::size_t>(index)]);
      b.push_back(y[static_cast<std::size_t>(index)]);
    }
    return pearson(a, b); // NaN where one pair was drawn four times
  };
  const Interval interval = bootstrap(4, correlated);
  CHECK(interval.estimate == Approx(0.8));
  CHECK(std::isfinite(interval.low));
  CHECK(interval.high <= 1);
  const Interval mostly = percentile_interval(1, Values{1, NAN, NAN, NAN}, 0.95);
  CHECK(std::isnan(mostly.low));
  CHECK(std::isnan(mostly.high));
  CHECK(std::isnan(bca_interval(1, Values{NAN}, Values{1, 2}, 0.95).low));
}

TEST_CASE("degenerate data has degenerate intervals", "[stats]") {
  const Values constant(5, 3), one{3};
  const Interval flat = bootstrap(5, mean_of(constant));
  CHECK(flat.low == 3);
  CHECK(flat.high == 3);
  const Interval single = bootstrap(1, mean_of(one));
  CHECK(single.estimate == 3);
  CHECK(std::isnan(single.low));
  const Interval outside =
      bca_interval(9, Values{1, 2, 3}, Values{1, 2, 3}, 0.95); // all below the estimate
  CHECK(outside.low <= outside.high);
  CHECK(outside.high <= 3);
  const Interval wide = bca_interval(2, Values{1, 2, 3}, Values{1, 2, 30}, 1 - 1e-16);
  CHECK(wide.low == Approx(1).epsilon(1e-6));
  CHECK(wide.high == Approx(3).epsilon(1e-6));
}

TEST_CASE("bad options of a bootstrap are refused", "[stats]") {
  const Values values{1, 2, 3};
  const auto run = [&](int64_t n, int64_t resamples, double level) {
    BootstrapOptions options;
    options.resamples = resamples;
    options.level = level;
    return bootstrap(n, mean_of(values), options);
  };
  CHECK_THROWS_WITH(run(0, 100, 0.95),
                    Contains("bootstrap: n is 0; give 1 to 100000000 observations"));
  CHECK_THROWS_WITH(run(int64_t{1} << 60, 100, 0.95), Contains("bootstrap: n is"));
  CHECK_THROWS_WITH(run(3, 0, 0.95), Contains("bootstrap: resamples is 0; choose 1 to 10000000"));
  CHECK_THROWS_WITH(run(3, 100, 95),
                    Contains("bootstrap: level is 95; choose one between 0 and 1, such as 0.95"));
  CHECK_THROWS_WITH(run(3, 100, NAN), Contains("level is nan"));
}

TEST_CASE("a bootstrap can be interrupted", "[stats]") {
  const Values values{1, 2, 3};
  interrupt::request();
  CHECK_THROWS_AS(bootstrap(3, mean_of(values)), Interrupted);
  CHECK_FALSE(interrupt::requested());
}

TEST_CASE("expanded intervals reach as far as Student's t asks for", "[stats][bootstrap]") {
  std::vector<double> drawn;
  Random random(3);
  for (int i = 0; i < 999; ++i)
    drawn.push_back(random.normal());
  // SciPy: 1 - 2 norm.cdf(sqrt(n / (n - 1)) t.ppf(0.025, n - 1)).
  const std::pair<int64_t, double> levels[] = {{30, 0.962492199443559}, {200, 0.9519476304587592}};
  for (const auto& [units, level] : levels) {
    const Interval wide = expanded_interval(0.5, drawn, 0.95, units);
    const Interval same = percentile_interval(0.5, drawn, level);
    CHECK(wide.low == Approx(same.low).epsilon(1e-9));
    CHECK(wide.high == Approx(same.high).epsilon(1e-9));
    CHECK(wide.level == 0.95);
  }
  CHECK(std::isnan(expanded_interval(0.5, drawn, 0.95, 2).low));
}
