#include "engine/stats/mutual_information.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/stats/random.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace residua::stats {
namespace {

using Index = Eigen::Index;

/// Points in the order of their first coordinate, so that the neighbours of a point within a radius
/// lie in a window around it.
class Points {
 public:
  explicit Points(const RowMatrix& points)
      : rows_(points.rows(), points.cols()), place_(static_cast<std::size_t>(points.rows())) {
    std::vector<Index> order(place_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return points(a, 0) < points(b, 0); });
    for (Index i = 0; i < rows_.rows(); ++i) {
      rows_.row(i) = points.row(order[static_cast<std::size_t>(i)]);
      place_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = i;
    }
  }

  /// Distance to the k-th nearest other point.
  double neighbor_distance(Index item, Index k) const {
    const Index self = place_[static_cast<std::size_t>(item)];
    std::vector<double> nearest(static_cast<std::size_t>(k),
                                std::numeric_limits<double>::infinity()); // ascending
    Index below = self - 1, above = self + 1;
    while (std::min(gap(self, below), gap(self, above)) < nearest.back()) {
      const Index other = gap(self, below) < gap(self, above) ? below-- : above++;
      const double reach = distance(self, other);
      if (reach < nearest.back()) {
        nearest.pop_back();
        nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), reach), reach);
      }
    }
    return nearest.back();
  }

  /// Other points nearer than `radius`.
  Index count_nearer(Index item, double radius) const {
    const Index self = place_[static_cast<std::size_t>(item)];
    Index count = 0;
    for (Index other = self - 1; gap(self, other) < radius; --other)
      count += distance(self, other) < radius;
    for (Index other = self + 1; gap(self, other) < radius; ++other)
      count += distance(self, other) < radius;
    return count;
  }

 private:
  /// Distance along the first coordinate; infinite beyond either end.
  double gap(Index self, Index other) const {
    return other < 0 || other >= rows_.rows() ? std::numeric_limits<double>::infinity()
                                              : std::abs(rows_(self, 0) - rows_(other, 0));
  }
  double distance(Index a, Index b) const {
    double largest = 0;
    for (Index column = 0; column < rows_.cols(); ++column)
      largest = std::max(largest, std::abs(rows_(a, column) - rows_(b, column)));
    return largest;
  }

  RowMatrix rows_;
  std::vector<Index> place_; // of each point in rows_
};

void require_features(const Representation& x, const std::string& name) {
  if (x.cols() < 1)
    throw Error(cat("mutual_information: ", name, " has no features"), "give 1 or more");
  for (Index row = 0; row < x.rows(); ++row)
    if (!x.row(row).allFinite())
      throw Error(cat("mutual_information: ", name, ": item ", row + 1, " of ", x.rows(),
                      " has NaN or infinite features"),
                  "leave it out, or find out why it is not finite");
}

void require_items(const Representation& x, const Representation& y, int64_t neighbors) {
  if (neighbors < 1)
    throw Error(cat("mutual_information: neighbors is ", neighbors), "choose 1 or more, such as 3");
  if (x.rows() != y.rows())
    throw Error(cat("mutual_information: y has ", y.rows(), " items where x has ", x.rows()),
                "give the same items in the same order");
  if (x.rows() <= neighbors)
    throw Error(cat("mutual_information: ", x.rows(), " items for ", neighbors, " neighbors"),
                "give more items than neighbors");
  require_features(x, "x");
  require_features(y, "y");
}

/// Centred, scaled to standard deviation 1 (a constant feature to 0), with noise that breaks ties.
RowMatrix prepared(const Representation& x, Random& random) {
  constexpr double kNoise = 1e-10;
  RowMatrix result = centered(x);
  for (Index column = 0; column < result.cols(); ++column) {
    auto feature = result.col(column);
    const double largest = feature.cwiseAbs().maxCoeff();
    if (largest <= 1e-13 * x.col(column).cwiseAbs().maxCoeff()) {
      feature.setZero(); // only rounding varies
    } else {
      feature /= largest; // so that no square overflows
      feature /= std::sqrt(feature.squaredNorm() / static_cast<double>(feature.size()));
    }
    for (Index row = 0; row < result.rows(); ++row)
      feature(row) += kNoise * random.normal();
  }
  return result;
}

} // namespace

double mutual_information(const Representation& x, const Representation& y,
                          const MutualInformationOptions& options) {
  require_items(x, y, options.neighbors);
  Random random(options.seed);
  const RowMatrix a = prepared(x, random), b = prepared(y, random);
  const RowMatrix both = (RowMatrix(a.rows(), a.cols() + b.cols()) << a, b).finished();
  const Points of_x(a), of_y(b), joint(both);
  const auto digamma = [](Index n) { return boost::math::digamma(static_cast<double>(n)); };
  double sum = 0;
  for (Index item = 0; item < x.rows(); ++item) {
    if (item % 64 == 0)
      interrupt::poll();
    const double radius = joint.neighbor_distance(item, options.neighbors);
    sum +=
        digamma(of_x.count_nearer(item, radius) + 1) + digamma(of_y.count_nearer(item, radius) + 1);
  }
  return digamma(options.neighbors) + digamma(x.rows()) - sum / static_cast<double>(x.rows());
}

} // namespace residua::stats
