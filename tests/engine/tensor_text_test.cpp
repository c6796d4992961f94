// Tensors as text, against literals; names of element types.

#include "tests/support/catch.hpp"

#include "engine/dtype.hpp"
#include "engine/tensor_text.hpp"

#include <ATen/ATen.h>
#include <limits>

using namespace residua;

TEST_CASE("the title has shape and type") {
  CHECK(tensor_title(at::zeros({3, 128})) == "Tensor [3, 128] float32");
  CHECK(tensor_title(at::zeros({}, at::kLong)) == "Tensor [] int64");
  CHECK(tensor_title(at::zeros({2}, at::kBFloat16)) == "Tensor [2] bfloat16");
}

TEST_CASE("small tensors print in full, in aligned columns") {
  const auto matrix = at::tensor({1.0, -20.5, 0.25, 3.0}).reshape({2, 2});
  CHECK(tensor_text(matrix) == "Tensor [2, 2] float64\n"
                               "    1.0000 -20.5000\n"
                               "    0.2500   3.0000");
  CHECK(tensor_text(at::tensor({1, -20, 3}, at::kInt)) == "Tensor [3] int32\n    1 -20   3");
  CHECK(tensor_text(at::tensor({1, 0}, at::kInt).to(at::kBool)) == "Tensor [2] bool\n  1 0");
  CHECK(tensor_text(at::full({}, 2.5)) == "Tensor [] float32\n  2.5000");
}

TEST_CASE("large tensors show a corner") {
  const auto wide = at::arange(800).reshape({8, 100});
  CHECK(tensor_text(wide) == "Tensor [8, 100] int64\n"
                             "    0   1   2   3   4   5 ...\n"
                             "  100 101 102 103 104 105 ...\n"
                             "  200 201 202 203 204 205 ...\n"
                             "  300 301 302 303 304 305 ...\n"
                             "  400 401 402 403 404 405 ...\n"
                             "  500 501 502 503 504 505 ...\n"
                             "  ...");
  CHECK(tensor_text(at::arange(7)) == "Tensor [7] int64\n  0 1 2 3 4 5 ...");
}

TEST_CASE("of three dimensions the first matrix is shown") {
  CHECK(tensor_text(at::arange(8).reshape({2, 2, 2})) == "Tensor [2, 2, 2] int64\n"
                                                         "  at [1, :, :]\n"
                                                         "  0 1\n"
                                                         "  2 3");
}

TEST_CASE("an empty tensor has a title only") {
  CHECK(tensor_text(at::zeros({0})) == "Tensor [0] float32");
  CHECK(tensor_text(at::zeros({3, 0, 2})) == "Tensor [3, 0, 2] float32");
}

TEST_CASE("large, small and special numbers stay readable") {
  CHECK(tensor_text(at::tensor({1e6, 1.0})) == "Tensor [2] float64\n  1.000e+06 1.000e+00");
  CHECK(tensor_text(at::tensor({1e-5, 0.0})) == "Tensor [2] float64\n  1.000e-05 0.000e+00");
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK(tensor_text(at::tensor({infinite, 1.0})) == "Tensor [2] float64\n     inf 1.0000");
}

TEST_CASE("every dtype name leads back to its type") {
  for (const auto name : dtype_names()) {
    REQUIRE(find_dtype(name));
    CHECK(dtype_name(*find_dtype(name)) == name);
  }
  CHECK_FALSE(find_dtype("float"));
  CHECK(dtype_name(c10::ScalarType::ComplexFloat) == "ComplexFloat");
}
