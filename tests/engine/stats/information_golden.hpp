#pragma once
// References from scipy, numpy and scikit-learn, as tests/golden/make_information.py wrote them.

#include "engine/stats/random.hpp"
#include "engine/stats/similarity.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace residua::stats {

inline const nlohmann::json& information_golden(const std::string& section) {
  static const nlohmann::json content =
      nlohmann::json::parse(std::ifstream(RESIDUA_SOURCE "/tests/golden/information.json"));
  return content[section];
}

using Values = std::vector<double>;

inline RowMatrix matrix_of(const nlohmann::json& rows) {
  RowMatrix result(rows.size(), rows[0].size());
  for (Eigen::Index i = 0; i < result.rows(); ++i)
    for (Eigen::Index j = 0; j < result.cols(); ++j)
      result(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return result;
}

inline RowMatrix normals(Eigen::Index rows, Eigen::Index columns, Random& random) {
  RowMatrix result(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < columns; ++j)
      result(i, j) = random.normal();
  return result;
}

} // namespace residua::stats
