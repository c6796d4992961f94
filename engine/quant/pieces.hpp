#pragma once
// Long blocks cut into pieces that threads share. What a piece gives depends on its values alone,
// so results do not depend on the number of threads.

#include <ATen/Parallel.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace residua {

inline constexpr std::size_t kPiece = 2048;      ///< values; they stay in the first-level cache
inline constexpr std::size_t kFewestPieces = 32; ///< of a block that threads share

inline std::size_t pieces_in(std::size_t size) {
  return (size + kPiece - 1) / kPiece;
}

/// Calls work(number, from, size) for each piece of `size` values. Inside another parallel region,
/// and below kFewestPieces, on this thread alone.
template <class Work> void for_each_piece(std::size_t size, Work work) {
  const auto run = [&](int64_t begin, int64_t end) {
    for (auto piece = static_cast<std::size_t>(begin); piece < static_cast<std::size_t>(end);
         ++piece)
      work(piece, piece * kPiece, std::min(kPiece, size - piece * kPiece));
  };
  const std::size_t pieces = pieces_in(size);
  if (pieces < kFewestPieces)
    return run(0, static_cast<int64_t>(pieces));
  at::parallel_for(0, static_cast<int64_t>(pieces), kFewestPieces / 2, run);
}

} // namespace residua
