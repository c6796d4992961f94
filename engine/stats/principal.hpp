#pragma once
// Principal components.

#include "engine/stats/similarity.hpp"

namespace residua::stats {

/// Items [items, features] in their first `count` principal components, [items, count], about their
/// mean, by descending variance. The largest loading of each component is positive.
RowMatrix principal_components(const Representation& items, int64_t count);

} // namespace residua::stats
