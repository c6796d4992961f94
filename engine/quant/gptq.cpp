#include "engine/quant/gptq.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>

namespace residua {

namespace {

/// [in, out], a copy: a weight that is stored transposed has its columns in a row already, and
/// would change with them.
at::Tensor own_columns(const at::Tensor& weight) {
  return weight.to(at::kCPU, at::kFloat).t().clone(at::MemoryFormat::Contiguous);
}

class Gptq {
 public:
  Gptq(const at::Tensor& weight, const Inputs& inputs, const Quantizer& q,
       const GptqOptions& options)
      : q_(q), options_(options), rules_{q.grid, q.clip, q.scale_format, q.rounding, q.seed, 1},
        columns_(own_columns(weight)), hessian_(inputs.gram.clone()) {
    const at::Tensor power = inputs.gram.diagonal(), dead = power == 0;
    hessian_.diagonal().masked_fill_(dead, 1).add_(options.damp * power.mean());
    columns_.masked_fill_(dead.unsqueeze(1), 0); // never active: any weight will do
    if (options.act_order) {
      order_ = power.argsort(0, /*descending=*/true);
      columns_ = columns_.index_select(0, order_);
      hessian_ = hessian_.index_select(0, order_).index_select(1, order_);
    }
    factor_ = inverse_factor();
    if (q.per != Granularity::group)
      find_scales(0, columns_.size(0));
  }

  /// [in, out] becomes its quantized self, block of columns after block.
  at::Tensor run() {
    const int64_t n = columns_.size(0);
    at::Tensor result = at::empty_like(columns_);
    for (int64_t first = 0; first < n; first += options_.block) {
      interrupt::poll();
      const int64_t count = std::min(options_.block, n - first);
      const at::Tensor errors = round_block(first, count, result);
      if (const int64_t rest = n - first - count; rest > 0) {
        const at::Tensor factor = factor_.narrow(0, first, count).narrow(1, first + count, rest);
        columns_.narrow(0, first + count, rest).sub_(at::matmul(factor.t(), errors));
      }
    }
    return order_.defined() ? result.index_select(0, order_.argsort()) : result;
  }

 private:
  /// Upper Cholesky factor of the damped Hessian's inverse, float32.
  at::Tensor inverse_factor() const {
    const at::Tensor inverse = at::cholesky_inverse(cholesky(hessian_, false));
    return cholesky(inverse, true).to(at::kFloat);
  }

  at::Tensor cholesky(const at::Tensor& matrix, bool upper) const {
    const auto [factor, info] = at::linalg_cholesky_ex(matrix, upper);
    if (info.item<int>() != 0)
      throw Error(cat("GPTQ: the Hessian with damp = ", options_.damp, " is not positive definite"),
                  "use a larger damp, or more calibration texts");
    return factor;
  }

  /// The scale of each row, from `count` columns at `first` as they stand now.
  void find_scales(int64_t first, int64_t count) {
    const at::Tensor rows = columns_.narrow(0, first, count).t().contiguous();
    const int64_t out = rows.size(0);
    const auto values = [&](int64_t row, int64_t many) {
      return std::span<const float>(rows.data_ptr<float>() + row * count,
                                    static_cast<std::size_t>(many * count));
    };
    const auto scale = [&](std::span<const float> of) {
      return block_scale(block_range(of, rules_), rules_);
    };
    scales_.clear();
    if (q_.per == Granularity::tensor)
      scales_.assign(static_cast<std::size_t>(out), scale(values(0, out)));
    else
      for (int64_t row = 0; row < out; ++row)
        scales_.push_back(scale(values(row, 1)));
  }

  /// Of all rows the values in a column; `offset` counts values for stochastic rounding.
  at::Tensor round_column(const at::Tensor& column, uint64_t offset) const {
    at::Tensor rounded = column.clone();
    float* values = rounded.data_ptr<float>();
    for (std::size_t row = 0; row < scales_.size(); ++row)
      fake_quantize({values + row, 1}, rules_, scales_[row], offset + row);
    return rounded;
  }

  /// Rounds the block's columns into `result`; returns their errors over the factor's diagonal.
  at::Tensor round_block(int64_t first, int64_t count, at::Tensor& result) {
    at::Tensor block = columns_.narrow(0, first, count).clone(), errors = at::empty_like(block);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t column = first + i;
      if (q_.per == Granularity::group && column % q_.group_size == 0)
        find_scales(column, std::min(q_.group_size, columns_.size(0) - column));
      const at::Tensor rounded =
          round_column(block[i], static_cast<uint64_t>(column) * scales_.size());
      const at::Tensor row = factor_[column].narrow(0, column, count - i);
      const at::Tensor error = (block[i] - rounded) / row[0];
      block.narrow(0, i, count - i).sub_(at::outer(row, error));
      errors[i].copy_(error);
      result[column].copy_(rounded);
    }
    return errors;
  }

  const Quantizer& q_;
  const GptqOptions& options_;
  const BlockRules rules_;
  at::Tensor columns_; ///< [in, out]
  at::Tensor hessian_, factor_, order_;
  std::vector<Scale> scales_; ///< of each row, for the current group
};

} // namespace

at::Tensor gptq(const at::Tensor& weight, const Inputs& inputs, const Quantizer& quantizer,
                const GptqOptions& options) {
  check(quantizer);
  check(inputs, weight.size(1));
  if (quantizer.per == Granularity::block || quantizer.scale_format == ScaleFormat::e4m3)
    throw Error(cat("GPTQ with ", quantizer.describe()), "use per tensor, channel or group");
  if (quantizer.bias_correction || quantizer.bit_allocation || !quantizer.kept_rows.empty() ||
      !quantizer.kept_columns.empty())
    throw Error(cat("GPTQ with ", quantizer.describe()),
                "leave out kept rows and columns, bias correction and bit allocation");
  if (!(options.damp > 0) || options.block < 1)
    throw Error(cat("GPTQ: damp = ", options.damp, ", block = ", options.block),
                "use a damp above 0 and a block of 1 or more");
  const at::NoGradGuard no_grad;
  return Gptq(weight, inputs, quantizer, options).run().t().contiguous().to(weight.device());
}

} // namespace residua
