#pragma once
// The search of clip = "mse": the range of a block that rounds it with the least squared error.

#include "engine/quant/block.hpp"

namespace residua {

/// The least squared error over shares of the whole range: every 1/64 first, below 1/16 smaller by
/// a third each time; then seven to either side of the best, in steps of 1/512 or a 24th of it. Of
/// an asymmetric grid then each end by itself.
Range search_range(std::span<const float> values, const BlockRules& rules);

} // namespace residua
