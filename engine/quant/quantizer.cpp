#include "engine/quant/quantizer.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/quant/bit_allocation.hpp"
#include "engine/quant/tiles.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace residua {

const std::string_view kGranularityNames[5] = {"tensor", "channel", "group", "block", "token"};

namespace {

Tiling tiling_of(const Quantizer& q, int64_t rows, int64_t columns) {
  switch (q.per) {
    case Granularity::tensor:
      return {rows, columns, rows, columns};
    case Granularity::group:
      return {rows, columns, 1, q.group_size};
    case Granularity::block:
      return {rows, columns, q.group_size, q.group_size};
    default:
      return {rows, columns, 1, columns};
  }
}

/// One float32 for the tensor, so that the greatest block scale is E4M3's greatest number.
float nvfp4_tensor_scale(const at::Tensor& matrix, const Grid& grid) {
  const auto [low, high] = at::aminmax(matrix); // no copy of the matrix, as abs() is
  const float most = std::max(-low.item<float>(), high.item<float>());
  const float scale = 448.0F * grid.top() / most;
  return std::isfinite(scale) && scale > 0 ? scale : 1.0F; // zeros, or too small: all becomes 0
}

BlockRules rules_of(const Quantizer& q, const at::Tensor& matrix) {
  BlockRules rules{q.grid, q.clip, q.scale_format, q.rounding, q.seed, 1.0F};
  if (q.scale_format == ScaleFormat::e4m3)
    rules.tensor_scale = nvfp4_tensor_scale(matrix, q.grid);
  return rules;
}

/// A float32 copy [rows, columns] that may be written to.
at::Tensor matrix_copy(const at::Tensor& tensor) {
  at::Tensor copy = at::empty(tensor.sizes(), at::kFloat);
  copy.copy_(tensor);
  return copy.reshape({-1, tensor.dim() == 0 ? 1 : tensor.size(-1)});
}

void check_kept(const std::vector<int64_t>& kept, int64_t size) {
  if (!kept.empty() && (kept.front() < 0 || kept.back() >= size))
    throw Error(cat("row or column ", kept.back() + 1, " of ", size, " cannot be kept"),
                "keep positions that are there");
}

/// The positions below `size` that are not kept.
at::Tensor others(const std::vector<int64_t>& kept, int64_t size) {
  check_kept(kept, size);
  std::vector<int64_t> rest;
  for (int64_t position = 0; position < size; ++position)
    if (!std::binary_search(kept.begin(), kept.end(), position))
      rest.push_back(position);
  return at::tensor(rest, at::kLong);
}

/// Whether kept rows can be passed over in place: no row has a say in what becomes of another.
bool passes_over_rows(const Quantizer& q) {
  const bool by_row = q.per == Granularity::channel || q.per == Granularity::group;
  return by_row && !q.kept_rows.empty() && q.kept_columns.empty() && !q.bias_correction &&
         !q.bit_allocation && q.scale_format != ScaleFormat::e4m3;
}

/// Whether what is not kept has to be copied to be quantized.
bool needs_rest(const Quantizer& q) {
  return !q.kept_columns.empty() || (!q.kept_rows.empty() && !passes_over_rows(q));
}

/// Bits of each row, or kKeptRow; none where all rows are quantized alike.
std::vector<int> row_bits(const at::Tensor& matrix, const Quantizer& q) {
  if (q.bit_allocation)
    return allocate_bits(row_thresholds(matrix, q.clip, q.grid), q.grid.bits);
  if (!passes_over_rows(q))
    return {};
  check_kept(q.kept_rows, matrix.size(0));
  std::vector<int> bits(static_cast<std::size_t>(matrix.size(0)), q.grid.bits);
  for (const int64_t row : q.kept_rows)
    bits[static_cast<std::size_t>(row)] = kKeptRow;
  return bits;
}

ErrorSums quantize_matrix(at::Tensor& matrix, const Quantizer& q, const std::vector<int>& bits,
                          bool with_sums) {
  const Tiling tiling = tiling_of(q, matrix.size(0), matrix.size(1));
  return quantize_tiles(matrix, tiling, rules_of(q, matrix), bits, with_sums);
}

/// Rows get back the mean and the norm about it that they had in `original`.
void restore_rows(at::Tensor& changed, const at::Tensor& original) {
  const at::Tensor mean = original.mean(1, true), changed_mean = changed.mean(1, true);
  changed.sub_(changed_mean);
  const at::Tensor norm = changed.norm(2, 1, true);
  const at::Tensor factor = (original - mean).norm(2, 1, true) / norm;
  changed.mul_(at::where(norm == 0, at::ones_like(factor), factor)).add_(mean);
}

void quantize_whole(at::Tensor& matrix, const Quantizer& q) {
  const at::Tensor original = q.bias_correction ? matrix.clone() : at::Tensor();
  quantize_matrix(matrix, q, row_bits(matrix, q), false);
  if (q.bias_correction)
    restore_rows(matrix, original);
}

/// What is left of the matrix without the kept rows and columns, a copy.
at::Tensor rest_of(const at::Tensor& matrix, const Quantizer& q) {
  return matrix.index_select(0, others(q.kept_rows, matrix.size(0)))
      .index_select(1, others(q.kept_columns, matrix.size(1)))
      .contiguous();
}

void quantize_rest(at::Tensor& matrix, const Quantizer& q) {
  at::Tensor rest = rest_of(matrix, q);
  if (rest.numel() == 0)
    return;
  quantize_whole(rest, q);
  matrix.index_put_(
      {others(q.kept_rows, matrix.size(0)).unsqueeze(1), others(q.kept_columns, matrix.size(1))},
      rest);
}

/// ", rows kept 1 4", positions from 1.
std::string listed_positions(const std::string& what, const std::vector<int64_t>& positions) {
  std::string text = positions.empty() ? "" : what;
  for (std::size_t i = 0; i < positions.size(); ++i)
    text += cat(i == 0 ? "" : " ", positions[i] + 1);
  return text;
}

} // namespace

Quantizer integer_quantizer(int bits, bool symmetric, Granularity per, int64_t group_size) {
  Quantizer q;
  q.grid = {symmetric ? GridKind::symmetric : GridKind::asymmetric, bits};
  q.per = per;
  q.group_size = group_size;
  return q;
}

void check(const Quantizer& q) {
  check(q.grid);
  check(q.clip, q.grid);
  if ((q.per == Granularity::group || q.per == Granularity::block) && q.group_size < 1)
    throw Error(cat("groups of ", q.group_size), "use 1 or more");
  if (q.scale_format != ScaleFormat::float32 && q.grid.kind == GridKind::asymmetric)
    throw Error(cat("the grid ", q.grid.name(), " with the scales of a block format"),
                "use a symmetric grid or a float format");
  if (q.bit_allocation && !(q.grid.is_integer() && q.per == Granularity::channel))
    throw Error("bit allocation needs an integer grid per channel", "leave it out");
}

at::Tensor Quantizer::apply(const at::Tensor& tensor) const {
  check(*this);
  interrupt::poll();
  const at::NoGradGuard no_grad;
  if (tensor.numel() == 0)
    return tensor;
  at::Tensor matrix = matrix_copy(tensor);
  if (needs_rest(*this))
    quantize_rest(matrix, *this);
  else
    quantize_whole(matrix, *this);
  return matrix.reshape(tensor.sizes()).to(tensor.device());
}

QuantError Quantizer::error(const at::Tensor& tensor) const {
  check(*this);
  const at::NoGradGuard no_grad;
  if (tensor.numel() == 0)
    throw Error("an empty tensor has no quantization error", "give values");
  at::Tensor matrix = matrix_copy(tensor);
  if (kept_values(matrix.size(0), matrix.size(1)) == matrix.numel())
    throw Error("all rows or columns are kept: nothing is quantized", "keep fewer");
  if (needs_rest(*this))
    matrix = rest_of(matrix, *this);
  const std::vector<int> bits = row_bits(matrix, *this);
  const ErrorSums sums = quantize_matrix(matrix, *this, bits, true);
  QuantError error;
  error.rounding_mse = sums.rounding_error / sums.count;
  error.clipping_mse = sums.clipping_error / sums.count;
  error.mse = error.rounding_mse + error.clipping_mse;
  error.sqnr = 10 * std::log10(sums.power / sums.count / error.mse);
  error.clipped_share = sums.clipped / sums.count;
  error.bits = bits_per_value(matrix.size(0), matrix.size(1));
  if (bit_allocation) // those of the codes are not the nominal ones
    error.bits +=
        std::accumulate(bits.begin(), bits.end(), 0.0) / static_cast<double>(bits.size()) -
        grid.bits;
  return error;
}

int64_t Quantizer::kept_values(int64_t rows, int64_t columns) const {
  const auto kept = static_cast<int64_t>(kept_rows.size());
  const auto across = static_cast<int64_t>(kept_columns.size());
  return kept * columns + across * (rows - kept);
}

int64_t Quantizer::blocks(int64_t rows, int64_t columns) const {
  return tiling_of(*this, rows, columns).count();
}

double Quantizer::bits_per_value(int64_t rows, int64_t columns) const {
  const double scale_bits = scale_format == ScaleFormat::float32 ? 16 : 8;
  const double zero_bits = grid.kind == GridKind::asymmetric ? grid.bits : 0;
  const double tensor_bits = scale_format == ScaleFormat::e4m3 ? 32 : 0;
  const double overhead =
      (scale_bits + zero_bits) * static_cast<double>(blocks(rows, columns)) + tensor_bits;
  return grid.code_bits() + overhead / static_cast<double>(rows * columns);
}

std::string Quantizer::describe() const {
  const std::string_view name = kGranularityNames[static_cast<int>(per)];
  std::string text = cat(grid.name(), " per ", name);
  if (per == Granularity::group)
    text += cat(" of ", group_size);
  if (per == Granularity::block)
    text += cat(" of ", group_size, " x ", group_size);
  text += ", " + clip.describe();
  if (scale_format != ScaleFormat::float32)
    text += scale_format == ScaleFormat::e4m3 ? ", e4m3 scales" : ", power-of-two scales";
  if (rounding == Rounding::stochastic)
    text += cat(", stochastic rounding with seed ", seed);
  if (bias_correction)
    text += ", bias correction";
  if (bit_allocation)
    text += ", bit allocation";
  return text + listed_positions(", rows kept ", kept_rows) +
         listed_positions(", columns kept ", kept_columns);
}

} // namespace residua
