// Methods that scale or rotate the columns of a weight: orthogonal, undone exactly, no change
// without quantization.

#include "tests/support/catch.hpp"

#include "engine/quant/scaling.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/random_matrix.hpp"

#include <ATen/ATen.h>
#include <bit>
#include <cmath>

using namespace residua;

TEST_CASE("rotations are orthogonal and undone by their inverses", "[quant]") {
  for (const int64_t width : {64, 48, 96, 7, 1}) {
    INFO("width " << width);
    const at::Tensor matrix = random_matrix(5, width, 11);
    CHECK(golden::max_difference(unrotate_columns(rotate_columns(matrix, 9), 9), matrix) < 1e-5);
    CHECK(golden::max_difference(rotate_columns(unrotate_columns(matrix, 9), 9), matrix) < 1e-5);
    const at::Tensor r = rotate_columns(at::eye(width), 9);
    CHECK(golden::max_difference(at::matmul(r, r.t()), at::eye(width)) < 1e-6);
    CHECK(golden::max_difference(at::matmul(matrix, r), rotate_columns(matrix, 9)) < 1e-5);
    CHECK(golden::max_difference(at::matmul(matrix, r.t()), unrotate_columns(matrix, 9)) < 1e-5);
    if (width > 7)
      CHECK_FALSE(at::equal(r, rotate_columns(at::eye(width), 10)));
  }
}

TEST_CASE("a rotation is a Hadamard matrix per block after signs", "[quant]") {
  const at::Tensor r = rotate_columns(at::eye(48), 4); // three blocks of 16
  for (int i = 0; i < 48; ++i)
    for (int j = 0; j < 48; ++j) {
      const bool odd = std::popcount(static_cast<unsigned>((i % 16) & (j % 16))) % 2 == 1;
      const float first = r[i][i / 16 * 16].item<float>();
      const float expected = i / 16 != j / 16 ? 0 : odd ? -first : first;
      REQUIRE(std::abs(first) == 0.25F);
      REQUIRE(r[i][j].item<float>() == expected);
    }
}

TEST_CASE("unit scales and fine grids change nothing", "[quant]") {
  const at::Tensor weight = random_matrix(6, 48, 5);
  for (const bool symmetric : {false, true}) {
    const Quantizer q = integer_quantizer(4, symmetric, Granularity::group, 16);
    CHECK(at::equal(quantize_scaled(weight, at::ones({48}), q), q.apply(weight)));
    const at::Tensor twos = at::full({48}, 2.0F); // exact in floats
    CHECK(at::equal(quantize_scaled(weight, twos, q), q.apply(weight)));
  }
  const Quantizer fine = integer_quantizer(8, true, Granularity::channel);
  const at::Tensor scales = at::linspace(0.5, 2, 48);
  CHECK(golden::relative_difference(quantize_scaled(weight, scales, fine), weight) < 0.03);
  CHECK(golden::relative_difference(quantize_rotated(weight, fine, 1), weight) < 0.03);
}

TEST_CASE("a rotation spreads an outlier", "[quant]") {
  at::Tensor weight = random_matrix(16, 64, 6);
  weight.select(1, 20).mul_(30);
  const Quantizer q = integer_quantizer(4, true, Granularity::channel);
  const double plain = (q.apply(weight) - weight).square().mean().item<double>();
  CHECK((quantize_rotated(weight, q, 2) - weight).square().mean().item<double>() < 0.5 * plain);
}
