#pragma once
// References from scipy and numpy, as tests/golden/make_fits.py wrote them.

#include "tests/engine/stats/golden.hpp"

namespace residua::stats {

inline const nlohmann::json& golden_fits() {
  static const nlohmann::json content =
      nlohmann::json::parse(std::ifstream(RESIDUA_SOURCE "/tests/golden/fits.json"));
  return content;
}

} // namespace residua::stats
