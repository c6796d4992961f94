#include "tests/support/catch.hpp"
#include "tests/support/message.hpp"

#include "engine/stats/fits.hpp"
#include "engine/stats/goodness.hpp"
#include "engine/stats/random.hpp"
#include "tests/engine/stats/golden_fits.hpp"

#include <cmath>

using namespace residua;
using namespace residua::stats;
using Catch::Matchers::Contains;

namespace {

Fit fitted(const Values& values, std::string_view law) {
  return fit(std::span<const double>(values), law);
}

Values normals(std::size_t n, uint64_t seed) {
  Random random(seed);
  Values values;
  for (std::size_t i = 0; i < n; ++i)
    values.push_back(random.normal());
  return values;
}

bool iterative(const std::string& law) {
  return law == "logistic" || law == "student" || law == "generalised_gauss";
}

} // namespace

TEST_CASE("fits agree with scipy, whose iterations are polished", "[stats]") {
  for (const auto& [name, set] : golden_fits()["fits"].items())
    for (const auto& [law, reference] : set["laws"].items()) {
      INFO(name << ", " << law);
      const auto values = set["x"].get<Values>();
      const Fit own = fitted(values, law);
      const double tolerance = iterative(law) ? 1e-6 : 1e-10;
      const double likelihood = reference["log_likelihood"];
      CHECK(own.log_likelihood >= likelihood - 1e-10 * std::abs(likelihood));
      CHECK(own.log_likelihood == Approx(likelihood).epsilon(tolerance));
      const double scale = set["laws"]["laplace"]["params"]["scale"]; // a location near 0 has none
      for (const auto& [param, value] : reference["params"].items()) {
        INFO(param);
        const double margin = param == "location" ? tolerance * scale : 0;
        CHECK(own.param(param) == Approx(value.get<double>()).epsilon(tolerance).margin(margin));
      }
      CHECK(own.ks == Approx(reference["ks"].get<double>()).epsilon(10 * tolerance));
      CHECK(own.anderson_darling ==
            Approx(reference["anderson_darling"].get<double>()).epsilon(10 * tolerance));
      CHECK(own.bic == Approx(static_cast<double>(own.params.size()) *
                                  std::log(static_cast<double>(values.size())) -
                              2 * own.log_likelihood));
    }
}

TEST_CASE("tails agree with scipy far out, in logarithms", "[stats]") {
  const auto near = [](double own, double reference) {
    CHECK(own == Approx(reference).epsilon(1e-10));
  };
  for (const auto& row : golden_fits()["tails"]["gauss"])
    near(log_tail_gauss(row[0]), row[1]);
  for (const auto& row : golden_fits()["tails"]["logistic"])
    near(log_tail_logistic(row[0]), row[1]);
  for (const auto& row : golden_fits()["tails"]["student"])
    near(log_tail_student(row[1], row[0]), row[2]);
  for (const auto& row : golden_fits()["tails"]["generalised_gauss"])
    near(log_tail_generalised_gauss(row[1], row[0]), row[2]);
  CHECK(log_tail_laplace(3) == -3 - std::log(2.0));
  // Beyond what a double holds: by the limits of each law.
  CHECK(log_tail_student(1e200, 3) ==
        Approx(std::log(2 * std::sqrt(3.0) / M_PI) - 3 * std::log(1e200)).epsilon(1e-10));
  CHECK(log_tail_student(60, 1e6) == Approx(log_tail_gauss(60)).epsilon(3e-3)); // q is 0.0036
  CHECK(log_tail_generalised_gauss(60 / std::sqrt(0.5), 2) ==
        Approx(log_tail_gauss(120)).epsilon(1e-9));
}

TEST_CASE("fits move and scale with the data", "[stats]") {
  const Values values = normals(300, 1);
  for (const std::string_view law : kLaws) {
    INFO(law);
    if (law == "lognormal")
      continue; // it has no location
    const Fit plain = fitted(values, law);
    for (const double scale : {1e-200, 0.25, 1e150}) {
      Values moved = values;
      for (double& value : moved)
        value = scale * (value + 3);
      const Fit other = fitted(moved, law);
      CHECK(other.param("location") / scale == Approx(plain.param("location") + 3).epsilon(1e-7));
      CHECK(other.param("scale") / scale == Approx(plain.param("scale")).epsilon(1e-7));
      CHECK(other.log_likelihood ==
            Approx(plain.log_likelihood - 300 * std::log(scale)).epsilon(1e-9));
      CHECK(other.ks == Approx(plain.ks).epsilon(1e-6));
    }
  }
}

TEST_CASE("float data are fitted as doubles of the same values", "[stats]") {
  std::vector<float> floats;
  for (const double value : normals(500, 2))
    floats.push_back(static_cast<float>(value));
  const Values doubles(floats.begin(), floats.end());
  for (const std::string_view law : kLaws)
    CHECK(fit(std::span<const float>(floats), law).bic == fitted(doubles, law).bic);
}

TEST_CASE("more data than the first guess reads find the law that made them", "[stats]") {
  Random random(3);
  Values laplace, uniform;
  for (int i = 0; i < 20000; ++i) {
    laplace.push_back(random.normal() * std::sqrt(-2 * std::log(1 - random.uniform())));
    uniform.push_back(random.uniform());
  }
  const Fits ranked = fits(std::span<const double>(laplace));
  CHECK(ranked.fits.size() == 6);
  CHECK(ranked.left_out.empty());
  CHECK(ranked.fits.front().law == "laplace"); // normal times Rayleigh is Laplace
  CHECK(std::is_sorted(ranked.fits.begin(), ranked.fits.end(),
                       [](const Fit& a, const Fit& b) { return a.bic < b.bic; }));
  CHECK(ranked.fits.front().ks < 0.01);
  CHECK(fitted(laplace, "generalised_gauss").param("shape") == Approx(1).margin(0.05));
  CHECK(fitted(uniform, "generalised_gauss").param("shape") > 20);
  const Fit light = fitted(uniform, "student"); // no df is the best: the cap, which is Gauss
  CHECK(light.param("df") == 1e6);
  CHECK(light.log_likelihood == Approx(fitted(uniform, "gauss").log_likelihood).epsilon(1e-5));
}

TEST_CASE("a cusp below shape 1 stands at a value", "[stats]") {
  Random random(4);
  Values values;
  for (int i = 0; i < 101; ++i)
    values.push_back(std::pow(random.normal(), 5) + 0.1);
  const Fit own = fitted(values, "generalised_gauss");
  CHECK(own.param("shape") < 1);
  double most = -1e300; // no value is a better location, the shape being what it is
  const double shape = own.param("shape");
  for (const double location : values) {
    double sum = 0;
    for (const double value : values)
      sum += std::pow(std::abs(value - location), shape);
    const double scale = std::pow(shape * sum / 101, 1 / shape);
    most =
        std::max(most, 101 * (std::log(shape / (2 * scale)) - std::lgamma(1 / shape) - 1 / shape));
  }
  CHECK(own.log_likelihood == Approx(most).epsilon(1e-9));
}

TEST_CASE("zeros rule the lognormal law out, and leave its params alone", "[stats]") {
  const Fit without = fitted({-1, 2, 4, -8}, "lognormal");
  CHECK(without.param("log_location") == Approx(1.5 * std::log(2.0)).epsilon(1e-14));
  const Fit with = fitted({-1, 2, 4, -8, 0}, "lognormal");
  CHECK(with.param("log_scale") == without.param("log_scale"));
  CHECK(with.log_likelihood == -std::numeric_limits<double>::infinity());
  CHECK(with.bic == std::numeric_limits<double>::infinity());
  CHECK(std::isfinite(with.ks));
  CHECK(fits(std::span<const double>(Values{-1, 2, 4, -8, 0})).fits.back().law == "lognormal");
}

TEST_CASE("few values have fits or errors that say what is missing", "[stats]") {
  for (const std::string_view law : kLaws) {
    INFO(law);
    CHECK_THAT(message_of([&] { fitted({}, law); }), Contains("fit: 0 values; give at least 2"));
    CHECK_THAT(message_of([&] { fitted({1}, law); }), Contains("fit: 1 values"));
    CHECK_THAT(message_of([&] { fitted({3, 3, 3}, law); }), Contains("fit: all 3 values are 3"));
    CHECK_THAT(message_of([&] {
                 fitted({1, NAN, 2}, law);
               }),
               Contains("fit: value 2 of 3 is nan; leave it out"));
    CHECK_THAT(message_of([&] {
                 fitted({1, 2, -INFINITY}, law);
               }),
               Contains("value 3 of 3 is -inf"));
    CHECK_THAT(message_of([&] { fitted({-1.7e308, 1.7e308}, law); }), Contains("scale them down"));
  }
  CHECK(fitted({1, 3}, "gauss").param("scale") == 1);
  CHECK(fitted({1, 3}, "laplace").log_likelihood == Approx(-2 * (std::log(2.0) + 1)));
  CHECK(fitted({1, 3}, "logistic").param("location") == Approx(2));
  for (const auto law : {"student", "generalised_gauss"})
    CHECK_THAT(message_of([&] { fitted({1, 2, 4}, law); }), Contains("3 values; give at least 4"));
  CHECK_THAT(message_of([] {
               fitted({0, 0, 0, 1, 2, 3}, "student");
             }),
             Contains("student: 50 % of the values are equal; leave these out"));
  CHECK_THAT(message_of([] {
               fitted({-2, 2, 0}, "lognormal");
             }),
             Contains("lognormal: all magnitudes other than 0 are equal"));
  CHECK_THAT(message_of([] {
               fitted({1, 2}, "gaus");
             }),
             Contains("fit: unknown law 'gaus'; choose one of: gauss, laplace"));
  const Fits some = fits(std::span<const double>(Values{1, 3}));
  CHECK(some.fits.size() == 4);
  CHECK(some.left_out.at(0).first == "student");
}
