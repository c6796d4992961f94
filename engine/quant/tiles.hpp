#pragma once
// A matrix cut into tiles that each have a scale, quantized side by side.

#include "engine/quant/block.hpp"

#include <ATen/core/Tensor.h>
#include <vector>

namespace residua {

/// [rows, columns] cut into tiles of tile_rows x tile_columns; the last ones may be short.
struct Tiling {
  int64_t rows, columns, tile_rows, tile_columns;
  int64_t down() const { return (rows + tile_rows - 1) / tile_rows; }
  int64_t across() const { return (columns + tile_columns - 1) / tile_columns; }
  int64_t count() const { return down() * across(); }
};

/// In place of bits: the row stays as it is.
constexpr int kKeptRow = -1;

/// Quantizes a contiguous float32 matrix in place, tile by tile. `row_bits` gives the bits of each
/// row, or kKeptRow, where it is not empty. Returns what it did if `with_sums`.
ErrorSums quantize_tiles(at::Tensor& matrix, const Tiling& tiling, const BlockRules& rules,
                         const std::vector<int>& row_bits, bool with_sums);

} // namespace residua
