#pragma once
// Checks of spans of float or double that streaming statistics take, before anything is added.

#include "engine/error.hpp"

#include <cmath>
#include <cstddef>
#include <span>

namespace residua::stats {

/// Throws Error naming the first NaN or infinity, its position counted from 1.
template <class Value> void require_all_finite(std::span<const Value> values, const char* where) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw Error(cat(where, ": value ", i + 1, " of ", values.size(), " is ", values[i]),
                  "leave it out, or find out why it is not finite");
}

/// Throws Error unless there are `size` weights, each finite and at least 0.
inline void require_weights(std::span<const double> weights, std::size_t size, const char* where) {
  if (weights.size() != size)
    throw Error(cat(where, ": ", weights.size(), " weights of ", size, " values"),
                "give one weight for each");
  for (std::size_t i = 0; i < size; ++i)
    if (!(std::isfinite(weights[i]) && weights[i] >= 0))
      throw Error(cat(where, ": weight ", i + 1, " of ", size, " is ", weights[i]),
                  "give finite weights of 0 or more");
}

} // namespace residua::stats
