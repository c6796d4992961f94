#include "engine/quant/quantizer.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residua {

void check(const Quantizer& q) {
  if (q.bits < 2 || q.bits > 8)
    throw Error(cat("bits = ", q.bits), "use 2 to 8");
  if (q.per == Granularity::group && q.group_size < 1)
    throw Error(cat("group_size = ", q.group_size), "use 1 or more");
}

// [rows, columns] -> [blocks, values per block]; the last group of a row is filled up with zeros,
// which change neither absmax nor a minimum and maximum that include 0.
static at::Tensor to_blocks(const at::Tensor& matrix, const Quantizer& q) {
  if (q.per == Granularity::tensor)
    return matrix.reshape({1, -1});
  if (q.per == Granularity::channel)
    return matrix;
  const int64_t columns = matrix.size(1);
  const int64_t missing = (q.group_size - columns % q.group_size) % q.group_size;
  return at::constant_pad_nd(matrix, {0, missing}).reshape({-1, q.group_size});
}

static at::Tensor from_blocks(const at::Tensor& blocks, const at::Tensor& matrix,
                              const Quantizer& q) {
  if (q.per != Granularity::group)
    return blocks.reshape(matrix.sizes());
  return blocks.reshape({matrix.size(0), -1}).narrow(1, 0, matrix.size(1));
}

// Both keep a block whose scale is 0 (all zeros, or denormals too small to scale) as it is.
static at::Tensor symmetric(const at::Tensor& blocks, const Quantizer& q) {
  const double most = (1 << (q.bits - 1)) - 1;
  const at::Tensor scale = blocks.abs().amax(1, true) / most;
  const at::Tensor codes = at::round(blocks / scale).clamp_(-most - 1, most);
  return at::where(scale == 0, blocks, codes.mul_(scale));
}

static at::Tensor asymmetric(const at::Tensor& blocks, const Quantizer& q) {
  const double most = (1 << q.bits) - 1;
  const at::Tensor low = blocks.amin(1, true).clamp_max(0),
                   high = blocks.amax(1, true).clamp_min(0);
  const at::Tensor scale = (high - low) / most;
  const at::Tensor zero = at::round(-low / scale).clamp_(0, most);
  const at::Tensor codes = at::round(blocks / scale).add_(zero).clamp_(0, most);
  return at::where(scale == 0, blocks, codes.sub_(zero).mul_(scale));
}

at::Tensor Quantizer::apply(const at::Tensor& weight) const {
  check(*this);
  interrupt::poll();
  const at::NoGradGuard no_grad;
  if (weight.numel() == 0)
    return weight;
  const at::Tensor matrix =
      weight.to(at::kFloat).reshape({weight.dim() < 2 ? 1 : weight.size(0), -1});
  const at::Tensor blocks = to_blocks(matrix, *this);
  const at::Tensor values =
      symmetric ? residua::symmetric(blocks, *this) : asymmetric(blocks, *this);
  return from_blocks(values, matrix, *this).reshape(weight.sizes());
}

int64_t Quantizer::blocks(int64_t rows, int64_t columns) const {
  if (per == Granularity::tensor)
    return 1;
  return per == Granularity::channel ? rows : rows * ((columns + group_size - 1) / group_size);
}

double Quantizer::bits_per_value(int64_t rows, int64_t columns) const {
  const double overhead = 16.0 + (symmetric ? 0 : bits);
  return bits + overhead * static_cast<double>(blocks(rows, columns)) /
                    static_cast<double>(rows * columns);
}

std::string Quantizer::describe() const {
  const std::string where = per == Granularity::tensor    ? "tensor"
                            : per == Granularity::channel ? "channel"
                                                          : cat("group of ", group_size);
  return cat("int", bits, symmetric ? " symmetric" : " asymmetric", " per ", where,
             ", clip absmax");
}

} // namespace residua
