#pragma once
// Checks of arguments, shared by the statistics. `where` is "function: argument" in the messages.

#include <cstdint>
#include <span>
#include <string>

namespace residua::stats {

/// Throws Error naming the first NaN or infinity, its position counted from 1.
void require_finite(std::span<const double> values, const std::string& where);

/// Throws Error when fewer than `least` values are there.
void require_at_least(std::size_t least, std::size_t size, const std::string& where);

/// Throws Error when two sizes that must agree do not; `other` names the argument of size
/// `expected`.
void require_same_size(std::size_t size, std::size_t expected, const std::string& where,
                       const std::string& other);

/// Throws Error unless 0 < level < 1.
void require_level(double level, const std::string& where);

/// Throws Error unless 1 <= resamples <= 10 000 000.
void require_resamples(int64_t resamples, const std::string& where);

} // namespace residua::stats
