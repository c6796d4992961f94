#pragma once
// A tensor as text: its shape and type, and an aligned corner of its numbers.

#include <ATen/core/Tensor.h>
#include <string>

namespace residua {

/// "Tensor [3, 128] float32".
std::string tensor_title(const at::Tensor& tensor);

/// The title, and below it at most 6 x 6 numbers from the first corner; "..." stands for the rest.
/// Of three and more dimensions it shows the first matrix.
std::string tensor_text(const at::Tensor& tensor);

} // namespace residua
