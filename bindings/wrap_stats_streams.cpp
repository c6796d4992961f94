// Summaries of streams that merge: quantile sketch, histogram, covariance. All are immutable in
// Lua.

#include "bindings/values.hpp"
#include "bindings/wrap_stats.hpp"
#include "engine/stats/covariance.hpp"
#include "engine/stats/histogram.hpp"
#include "engine/stats/quantile_sketch.hpp"

#include <ATen/ATen.h>
#include <algorithm>

namespace residua {

namespace {

using namespace stats;

using HistogramBox = Box<Histogram>;
using CovarianceBox = Box<Covariance>;

/// Adds a Tensor or a list, with the weights at `weights` when they are there. Tensors of float32
/// are read as they are.
template <class Summary> void add_values(lua_State* L, Summary& summary, int values, int weights) {
  const auto* tracked = Box<TrackedTensor>::test(L, values);
  if (!is_absent(L, weights)) {
    summary.add(check_values(L, values), check_values(L, weights));
  } else if (!tracked) {
    summary.add(std::span<const double>(check_numbers(L, values)));
  } else if (tracked->tensor.scalar_type() == at::kFloat) {
    const at::Tensor dense = tracked->tensor.to(at::kCPU).contiguous();
    summary.add(std::span<const float>(dense.data_ptr<float>(), dense.numel()));
  } else {
    const at::Tensor dense = tracked->tensor.to(at::kCPU, at::kDouble).contiguous();
    summary.add(std::span<const double>(dense.data_ptr<double>(), dense.numel()));
  }
}

template <class Summary> int summary_merge(lua_State* L) {
  Summary merged = Box<Summary>::check(L, 1);
  merged.merge(Box<Summary>::check(L, 2));
  return Box<Summary>::push(L, std::move(merged));
}

template <class Summary, double (Summary::*Get)() const> int summary_get(lua_State* L) {
  return push(L, (Box<Summary>::check(L, 1).*Get)());
}

int stats_sketch(lua_State* L) {
  QuantileSketch sketch(check_number(L, 2));
  add_values(L, sketch, 1, 3);
  return SketchBox::push(L, std::move(sketch));
}

int sketch_quantile(lua_State* L) {
  return push(L, SketchBox::check(L, 1).quantile(check_number(L, 2)));
}

int sketch_cdf(lua_State* L) {
  return push(L, SketchBox::check(L, 1).cdf(check_number(L, 2)));
}

int sketch_rank(lua_State* L) {
  return push(L, SketchBox::check(L, 1).rank(check_number(L, 2)));
}

int sketch_tostring(lua_State* L) {
  const QuantileSketch& s = SketchBox::check(L, 1);
  const std::string middle = s.count() > 0 ? cat(", median ", s.quantile(0.5)) : "";
  return push(L, cat("QuantileSketch of ", s.count(), " values: min ", s.min(), middle, ", max ",
                     s.max(), ", error ", s.error()));
}

int stats_histogram(lua_State* L) {
  Histogram histogram(check_number(L, 2), check_number(L, 3), check_integer(L, 4));
  add_values(L, histogram, 1, 5);
  return HistogramBox::push(L, std::move(histogram));
}

int histogram_counts(lua_State* L) {
  return push(L, HistogramBox::check(L, 1).counts());
}

int histogram_edges(lua_State* L) {
  return push(L, HistogramBox::check(L, 1).edges());
}

int histogram_density(lua_State* L) {
  return push(L, HistogramBox::check(L, 1).density());
}

int histogram_tostring(lua_State* L) {
  const Histogram& h = HistogramBox::check(L, 1);
  return push(L, cat("Histogram of ", h.count(), " values: ", h.counts().size(), " bins from ",
                     h.low(), " to ", h.high(), ", ", h.under(), " under, ", h.over(), " over"));
}

int stats_covariance(lua_State* L) {
  Covariance covariance;
  const at::Tensor& rows = check_tensor(L, 1);
  if (is_absent(L, 2) && rows.scalar_type() == at::kFloat && rows.dim() == 2) {
    const at::Tensor dense = rows.to(at::kCPU).contiguous();
    covariance.add(
        Eigen::Map<const FloatRowMatrix>(dense.data_ptr<float>(), dense.size(0), dense.size(1)));
  } else if (is_absent(L, 2)) {
    covariance.add(Rows(L, 1).map());
  } else {
    covariance.add(Rows(L, 1).map(), check_values(L, 2));
  }
  return CovarianceBox::push(L, std::move(covariance));
}

int covariance_features(lua_State* L) {
  return push(L, static_cast<int64_t>(CovarianceBox::check(L, 1).features()));
}

int push_vector(lua_State* L, const Eigen::VectorXd& vector) {
  return push(L, std::span<const double>(vector.data(), static_cast<std::size_t>(vector.size())));
}

int covariance_mean(lua_State* L) {
  return push_vector(L, CovarianceBox::check(L, 1).mean());
}

int covariance_eigenvalues(lua_State* L) {
  return push_vector(L, CovarianceBox::check(L, 1).eigenvalues());
}

int covariance_matrix(lua_State* L) {
  const Eigen::MatrixXd matrix = CovarianceBox::check(L, 1).covariance(); // symmetric: any order
  at::Tensor tensor = at::empty({matrix.rows(), matrix.cols()}, at::kDouble);
  std::copy_n(matrix.data(), matrix.size(), tensor.data_ptr<double>());
  return push_tensor(L, std::move(tensor));
}

int covariance_tostring(lua_State* L) {
  const Covariance& c = CovarianceBox::check(L, 1);
  return push(L, cat("Covariance of ", c.count(), " rows of ", c.features(), " features"));
}

const Entry kModule[] = {
    {"sketch", stats_sketch, R"(Returns a quantile sketch of values.
@param values Tensor|number[]
@param error number  relative, 0.0001 to 0.5
@param weights? Tensor|number[]
@return QuantileSketch
@example
assert(stats.sketch({ 1, 2, 3 }, 0.01):max() == 3))"},
    {"histogram", stats_histogram, R"(Returns a histogram of values over bins of equal width.
@param values Tensor|number[]
@param low number
@param high number
@param bins integer
@param weights? Tensor|number[]
@return Histogram
@example
assert(stats.histogram({ 1, 2, 3 }, 0, 4, 2):counts()[2] == 2))"},
    {"covariance", stats_covariance, R"(Returns mean and covariance of the rows of a matrix.
@param rows Tensor  [items, features]
@param weights? Tensor|number[]  how often each row counts
@return Covariance
@example
assert(stats.covariance(tensor.from_table { { 1, 2 }, { 3, 6 } }):mean()[2] == 4))"},
};

int sketch_mean_deviation(lua_State* L) {
  return push(L, SketchBox::check(L, 1).mean_deviation(check_number(L, 2)));
}

const Entry kSketch[] = {
    {"mean_deviation", sketch_mean_deviation,
     R"(Returns the mean of |x - centre|, within the sketch's error of the mean of |x|.
@param centre number
@return number
@example
assert(math.abs(stats.sketch({ 1, 2, 6 }):mean_deviation(3) - 2) < 0.03))"},
    {"merge", summary_merge<QuantileSketch>, R"(Returns the sketch of both together; exact.
@param other QuantileSketch  of the same error
@return QuantileSketch)"},
    {"quantile", sketch_quantile, R"(Returns a quantile within the relative error of the sketch.

It is the least value whose share of the weights at or below it is at least q.
@param q number  0 to 1; exact at both ends
@return number)"},
    {"cdf", sketch_cdf, R"(Returns the share of the weights at or below a value.
@param value number
@return number  0 to 1)"},
    {"rank", sketch_rank, R"(Returns the weight at or below a value.
@param value number
@return number)"},
    {"count", summary_get<QuantileSketch, &QuantileSketch::count>,
     R"(Returns the sum of the weights: the number of values.
@return number)"},
    {"min", summary_get<QuantileSketch, &QuantileSketch::min>, R"(Returns the least value, exact.
@return number)"},
    {"max", summary_get<QuantileSketch, &QuantileSketch::max>,
     R"(Returns the greatest value, exact.
@return number)"},
    {"error", summary_get<QuantileSketch, &QuantileSketch::error>,
     R"(Returns the bound on the relative error of quantiles.
@return number)"},
};
const Entry kSketchMeta[] = {{"__tostring", sketch_tostring, "Describes the sketch in a line."}};

const Entry kHistogram[] = {
    {"merge", summary_merge<Histogram>, R"(Returns the histogram of both together.
@param other Histogram  over the same bins
@return Histogram)"},
    {"counts", histogram_counts, R"(Returns the weight in each bin.
@return number[])"},
    {"edges", histogram_edges, R"(Returns the borders of the bins, one more than there are bins.
@return number[])"},
    {"density", histogram_density, R"(Returns the share of all weights in each bin, per unit.

What lies outside the bins counts: the integral is the share inside.
@return number[])"},
    {"under", summary_get<Histogram, &Histogram::under>, R"(Returns the weight below the bins.
@return number)"},
    {"over", summary_get<Histogram, &Histogram::over>, R"(Returns the weight above the bins.
@return number)"},
    {"count", summary_get<Histogram, &Histogram::count>,
     R"(Returns the sum of all weights, those outside included.
@return number)"},
};
const Entry kHistogramMeta[] = {
    {"__tostring", histogram_tostring, "Describes the histogram in a line."}};

const Entry kCovariance[] = {
    {"merge", summary_merge<Covariance>, R"(Returns the covariance of both together.
@param other Covariance  over as many features
@return Covariance)"},
    {"mean", covariance_mean, R"(Returns the mean of each feature.
@return number[])"},
    {"covariance", covariance_matrix,
     R"(Returns the covariance matrix (n - 1), [features, features] in float64.
@return Tensor)"},
    {"eigenvalues", covariance_eigenvalues,
     R"(Returns the eigenvalues of the covariance matrix, greatest first.
@return number[])"},
    {"features", covariance_features, R"(Returns the number of features.
@return integer)"},
    {"count", summary_get<Covariance, &Covariance::count>,
     R"(Returns the number of rows, or the sum of their weights.
@return number)"},
};
const Entry kCovarianceMeta[] = {
    {"__tostring", covariance_tostring, "Describes the covariance in a line."}};

} // namespace

void register_stats_streams(lua_State* L) {
  register_module(L, "stats", kModule);
  register_type<QuantileSketch>(L, "stats", "QuantileSketch", kSketch, kSketchMeta);
  register_type<Histogram>(L, "stats", "Histogram", kHistogram, kHistogramMeta);
  register_type<Covariance>(L, "stats", "Covariance", kCovariance, kCovarianceMeta);
}

} // namespace residua
