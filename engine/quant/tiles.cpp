#include "engine/quant/tiles.hpp"

#include "engine/interrupt.hpp"

#include <ATen/Parallel.h>
#include <algorithm>
#include <exception>
#include <mutex>

namespace residua {

namespace {

/// One tile of the matrix.
class Tile {
 public:
  Tile(float* matrix, const Tiling& t, int64_t index)
      : matrix_(matrix), stride_(t.columns), row_(index / t.across() * t.tile_rows),
        column_(index % t.across() * t.tile_columns), rows_(std::min(t.tile_rows, t.rows - row_)),
        columns_(std::min(t.tile_columns, t.columns - column_)),
        offset_(static_cast<uint64_t>(index * t.tile_rows * t.tile_columns)) {}

  int64_t row() const { return row_; }
  /// Apart from those of all other tiles, by more than its values.
  uint64_t offset() const { return offset_; }

  void quantize(const BlockRules& rules, ErrorSums* sums) {
    if (rows_ == 1 || columns_ == stride_)
      return quantize_block({line(0), static_cast<std::size_t>(rows_ * columns_)}, rules, offset(),
                            sums);
    std::vector<float> values; // rows apart: gathered, quantized, put back
    for (int64_t row = 0; row < rows_; ++row)
      values.insert(values.end(), line(row), line(row) + columns_);
    quantize_block(values, rules, offset(), sums);
    for (int64_t row = 0; row < rows_; ++row)
      std::copy_n(values.begin() + row * columns_, columns_, line(row));
  }

 private:
  float* line(int64_t row) { return matrix_ + (row_ + row) * stride_ + column_; }

  float* matrix_;
  int64_t stride_, row_, column_, rows_, columns_;
  uint64_t offset_;
};

/// The first exception of several threads.
class FirstError {
 public:
  template <class Work> void guard(Work work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_)
        error_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (error_)
      std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

} // namespace

ErrorSums quantize_tiles(at::Tensor& matrix, const Tiling& tiling, const BlockRules& rules,
                         const std::vector<int>& row_bits, bool with_sums) {
  float* data = matrix.data_ptr<float>();
  ErrorSums total;
  std::mutex mutex;
  FirstError first;
  const int64_t values_per_tile = tiling.tile_rows * tiling.tile_columns;
  const int64_t grain = std::max<int64_t>(1, 65536 / std::max<int64_t>(1, values_per_tile));
  at::parallel_for(0, tiling.count(), grain, [&](int64_t begin, int64_t end) {
    first.guard([&] {
      ErrorSums sums;
      BlockRules own = rules;
      for (int64_t index = begin; index < end; ++index) {
        if ((index - begin) % grain == 0)
          interrupt::poll();
        Tile tile(data, tiling, index);
        if (!row_bits.empty())
          own.grid.bits = row_bits[static_cast<std::size_t>(tile.row())];
        if (own.grid.bits != kKeptRow)
          tile.quantize(own, with_sums ? &sums : nullptr);
      }
      const std::lock_guard lock(mutex);
      total.add(sums);
    });
  });
  first.rethrow();
  return total;
}

} // namespace residua
