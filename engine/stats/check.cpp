#include "engine/stats/check.hpp"

#include "engine/error.hpp"

#include <cmath>

namespace residua::stats {

void require_finite(std::span<const double> values, const std::string& where) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw Error(cat(where, ": value ", i + 1, " of ", values.size(), " is ", values[i]),
                  "leave it out, or find out why it is not finite");
}

void require_at_least(std::size_t least, std::size_t size, const std::string& where) {
  if (size < least)
    throw Error(cat(where, ": ", size, " values"), cat("give at least ", least));
}

void require_same_size(std::size_t size, std::size_t expected, const std::string& where,
                       const std::string& other) {
  if (size != expected)
    throw Error(cat(where, ": ", size, " values where ", other, " has ", expected),
                "give as many of each");
}

void require_level(double level, const std::string& where) {
  if (!(level > 0 && level < 1))
    throw Error(cat(where, ": level is ", level), "choose one between 0 and 1, such as 0.95");
}

void require_resamples(int64_t resamples, const std::string& where) {
  constexpr int64_t kMost = 10'000'000;
  if (resamples < 1 || resamples > kMost)
    throw Error(cat(where, ": resamples is ", resamples), cat("choose 1 to ", kMost));
}

} // namespace residua::stats
