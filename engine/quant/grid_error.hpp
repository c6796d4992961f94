#pragma once
// The exact error of a grid under a known law: what an empirical optimum has to agree with.

#include "engine/quant/aciq.hpp"
#include "engine/quant/grid.hpp"

namespace residua {

/// Mean squared error when a variable with law of unit scale is rounded to the nearest of the
/// grid's codes times threshold / top: an integral in closed form over the cells.
double grid_error(const Grid& grid, Law law, double threshold);

/// The threshold of the least error, in units of the scale: 2.474 for int4 symmetric and a
/// Gaussian, where ACIQ's model of 2^4 equal bins has 2.559.
double grid_optimum(const Grid& grid, Law law);

} // namespace residua
