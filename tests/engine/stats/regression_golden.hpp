#pragma once
// References from scipy, scikit-learn and statsmodels, as tests/golden/make_regression.py wrote
// them.

#include "engine/stats/design.hpp"
#include "tests/engine/stats/golden.hpp"

namespace residua::stats {

inline const nlohmann::json& regression_golden() {
  static const nlohmann::json content =
      nlohmann::json::parse(std::ifstream(RESIDUA_SOURCE "/tests/golden/regression.json"));
  return content;
}

/// Rows of numbers as a matrix.
inline RowMatrix matrix(const std::vector<Values>& rows) {
  RowMatrix result(rows.size(), rows.empty() ? 0 : rows.front().size());
  for (Eigen::Index i = 0; i < result.rows(); ++i)
    for (Eigen::Index j = 0; j < result.cols(); ++j)
      result(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return result;
}

inline RowMatrix golden_matrix(const nlohmann::json& rows) {
  return matrix(rows.get<std::vector<Values>>());
}

/// A list, or nothing where it is null.
inline Values values_or_none(const nlohmann::json& list) {
  return list.is_null() ? Values{} : list.get<Values>();
}

} // namespace residua::stats
