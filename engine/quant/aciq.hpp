#pragma once
// ACIQ (Banner, Nahshan, Hoffer, Soudry 2019, arXiv 1810.05723): the threshold at which the error
// of clipping and that of rounding together are least, for a known law of the values.

namespace residua {

enum class Law { gauss, laplace };

/// Mean squared error when a variable with law of unit scale (std 1, or mean absolute deviation 1)
/// is clipped to [-a, a] and rounded to 2^bits equal bins: equations 6 and 8 of the paper, with the
/// quantization noise a^2 / (3 * 4^bits) over the whole mass.
double aciq_error(Law law, double a, double bits);

/// The a of the least error, in units of the scale. Laplace has a closed form, W(3 * 4^bits).
double aciq_optimum(Law law, double bits);

} // namespace residua
