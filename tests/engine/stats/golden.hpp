#pragma once
// References from scipy, as tests/golden/make_stats.py wrote them.

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace residua::stats {

inline const nlohmann::json& golden() {
  static const nlohmann::json content =
      nlohmann::json::parse(std::ifstream(RESIDUA_SOURCE "/tests/golden/stats.json"));
  return content;
}

using Values = std::vector<double>;

} // namespace residua::stats
