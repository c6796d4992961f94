#include "engine/tensor_text.hpp"

#include "engine/dtype.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace residua {

namespace {

constexpr int64_t kCorner = 6; // rows and columns shown

/// Large and small numbers print with an exponent, the rest with four decimals.
const char* number_format(const at::Tensor& corner, bool integral) {
  if (integral)
    return "%.0f";
  double high = 0;
  const auto* values = corner.data_ptr<double>();
  for (int64_t i = 0; i < corner.numel(); ++i) {
    if (std::isfinite(values[i]))
      high = std::max(high, std::abs(values[i]));
  }
  return high >= 1e5 || (high > 0 && high < 1e-2) ? "%.3e" : "%.4f";
}

std::string number_text(double value, const char* format) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::vector<std::string> number_texts(const at::Tensor& corner, bool integral) {
  const char* format = number_format(corner, integral);
  const auto* values = corner.data_ptr<double>();
  std::vector<std::string> texts;
  for (int64_t i = 0; i < corner.numel(); ++i)
    texts.push_back(number_text(values[i], format));
  return texts;
}

/// Rows of right-aligned columns of one width. `corner` is a float64 matrix.
std::string aligned_rows(const at::Tensor& corner, bool integral, bool more_columns) {
  const auto texts = number_texts(corner, integral);
  std::size_t width = 0;
  for (const std::string& text : texts)
    width = std::max(width, text.size());
  std::string result;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const bool starts = i % static_cast<std::size_t>(corner.size(1)) == 0;
    const bool ends = (i + 1) % static_cast<std::size_t>(corner.size(1)) == 0;
    result += starts ? "\n " : "";
    result += std::string(width - texts[i].size() + 1, ' ') + texts[i];
    result += ends && more_columns ? " ..." : "";
  }
  return result;
}

/// The last two dimensions at the first element of the others, as a matrix.
at::Tensor first_matrix(at::Tensor tensor) {
  while (tensor.dim() > 2)
    tensor = tensor.select(0, 0);
  return tensor.dim() == 2 ? tensor : tensor.reshape({1, tensor.numel()});
}

std::string place_of_matrix(int64_t rank) {
  std::string place = "\n  at [";
  for (int64_t dim = 2; dim < rank; ++dim)
    place += "1, ";
  return place + ":, :]";
}

} // namespace

std::string tensor_title(const at::Tensor& tensor) {
  std::string sizes;
  for (const int64_t size : tensor.sizes())
    sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
  std::string title = "Tensor [" + sizes + "] " + dtype_name(tensor.scalar_type());
  return tensor.device().is_cpu() ? title : title + " " + tensor.device().str();
}

std::string tensor_text(const at::Tensor& tensor) {
  std::string text = tensor_title(tensor);
  if (tensor.numel() == 0)
    return text;
  const at::Tensor matrix = first_matrix(tensor);
  const auto rows = std::min(matrix.size(0), kCorner);
  const auto columns = std::min(matrix.size(1), kCorner);
  const at::Tensor corner =
      matrix.slice(0, 0, rows).slice(1, 0, columns).to(at::kCPU, at::kDouble).contiguous();
  if (tensor.dim() > 2)
    text += place_of_matrix(tensor.dim());
  const bool integral = at::isIntegralType(tensor.scalar_type(), /*includeBool=*/true);
  text += aligned_rows(corner, integral, matrix.size(1) > columns);
  return matrix.size(0) > rows ? text + "\n  ..." : text;
}

} // namespace residua
