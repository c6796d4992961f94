#include "engine/stats/broken_stick.hpp"

namespace residua::stats {

using Wide = long double; // the sums cancel where few points are on one side

BrokenStick::BrokenStick(const Eigen::VectorXd& x) : x_(x) {
  const Eigen::Index last = x.size() - 1;
  const auto n = static_cast<Wide>(x.size());
  const Wide mean = x.cast<Wide>().sum() / n;
  const Wide spread = (x.cast<Wide>().array() - mean).square().sum();
  gaps_.resize(static_cast<std::size_t>(last - 2));
  Wide count = 1, sum = x[last], squares = sum * sum; // of the points after the gap
  for (Eigen::Index i = last - 2; i >= 1; --i) {
    const Wide value = x[i + 1];
    count += 1;
    sum += value;
    squares += value * value;
    // inner products of the hinge with x - mean: p - q t
    const Wide p = squares - mean * sum, q = sum - count * mean;
    gaps_[static_cast<std::size_t>(i - 1)] = {
        squares - sum * sum / n - p * p / spread,
        2 * (count * sum / n - sum + p * q / spread),
        count - count * count / n - q * q / spread,
    };
  }
}

Bend BrokenStick::fit(const Eigen::VectorXd& residuals) const {
  const Eigen::Index last = x_.size() - 1;
  Bend best{x_[1], -1};
  Wide a = residuals[last] * static_cast<Wide>(x_[last]), b = residuals[last];
  for (Eigen::Index i = last - 2; i >= 1; --i) {
    a += residuals[i + 1] * static_cast<Wide>(x_[i + 1]);
    b += residuals[i + 1];
    const Gap& gap = gaps_[static_cast<std::size_t>(i - 1)];
    const auto consider = [&](Wide t) {
      const Wide length = gap.constant + t * (gap.linear + t * gap.square);
      const Wide product = a - b * t; // of the residuals and the hinge
      if (length > 0 && product * product / length > best.gain)
        best = {static_cast<double>(t), static_cast<double>(product * product / length)};
    };
    consider(x_[i]);
    consider(x_[i + 1]);
    const Wide below = 2 * a * gap.square + b * gap.linear;
    const Wide stationary = -(2 * b * gap.constant + a * gap.linear) / below;
    if (below != 0 && stationary > x_[i] && stationary < x_[i + 1])
      consider(stationary);
  }
  return best;
}

} // namespace residua::stats
