// Tensor: parts and other arrangements. Views share memory with their tensor, which is safe as
// nothing changes.

#include "bindings/box.hpp"
#include "bindings/wrap_tensor.hpp"
#include "engine/error.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

/// Elements of a dimension, from a list or an int64 Tensor that counts from 1, as libtorch counts.
at::Tensor check_elements(lua_State* L, int index, int64_t size) {
  if (!Box<TrackedTensor>::is(L, index))
    return at::tensor(check_indices(L, index, size), at::kLong);
  const at::Tensor& given = check_tensor(L, index);
  if (!at::isIntegralType(given.scalar_type(), /*includeBool=*/false))
    throw ArgError(index, "Tensor of integers expected");
  at::Tensor elements =
      given.to(at::TensorOptions(at::kLong).device(at::kCPU), false, true).flatten();
  auto* values = elements.data_ptr<int64_t>();
  for (int64_t i = 0; i < elements.numel(); ++i)
    values[i] = index_from_one(values[i], size, index, i + 1);
  return elements;
}

int tensor_narrow(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  const int64_t dim = check_dim(L, 2, tensor.dim());
  const int64_t start = check_index(L, 3, tensor.size(dim));
  const int64_t length = check_integer(L, 4, 0, tensor.size(dim) - start);
  return push_tensor(L, tensor.narrow(dim, start, length));
}

int tensor_slice(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  const int64_t dim = check_dim(L, 2, tensor.dim());
  const int64_t first = check_index(L, 3, tensor.size(dim));
  const int64_t last = is_absent(L, 4) ? tensor.size(dim) - 1 : check_index(L, 4, tensor.size(dim));
  return push_tensor(L, tensor.slice(dim, first, std::max(first, last + 1)));
}

int tensor_select(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  const int64_t dim = check_dim(L, 2, tensor.dim());
  return push_tensor(L, tensor.select(dim, check_index(L, 3, tensor.size(dim))));
}

int tensor_index(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  const int64_t dim = check_dim(L, 2, tensor.dim());
  const at::Tensor elements = check_elements(L, 3, tensor.size(dim)).to(tensor.device());
  return push_tensor(L, at::index_select(tensor, dim, elements));
}

const at::Tensor& check_matrix(lua_State* L, int index) {
  const at::Tensor& tensor = check_tensor(L, index);
  if (tensor.dim() != 2)
    throw ArgError(index, cat("matrix expected, got a Tensor of ", tensor.dim(), " dimensions"));
  return tensor;
}

int tensor_row(lua_State* L) {
  const at::Tensor& matrix = check_matrix(L, 1);
  return push_tensor(L, matrix.select(0, check_index(L, 2, matrix.size(0))));
}

int tensor_column(lua_State* L) {
  const at::Tensor& matrix = check_matrix(L, 1);
  return push_tensor(L, matrix.select(1, check_index(L, 2, matrix.size(1))));
}

int tensor_t(lua_State* L) {
  return push_tensor(L, check_matrix(L, 1).t());
}

int tensor_transpose(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  return push_tensor(
      L, tensor.transpose(check_dim(L, 2, tensor.dim()), check_dim(L, 3, tensor.dim())));
}

int tensor_reshape(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  return push_tensor(L, tensor.reshape(check_shape(L, 2)));
}

const Entry kMethods[] = {
    {"narrow", tensor_narrow, R"(Returns `length` elements of a dimension, from `start` on.
@param dim integer
@param start integer  From 1, or from -1 backwards.
@param length integer  At least 0.
@return Tensor
@example
assert(tensor.range(1, 5):narrow(1, 2, 3):sum() == 2 + 3 + 4))"},
    {"slice", tensor_slice,
     R"(Returns the elements `first` to `last` of a dimension, both included, as string.sub does.
@param dim integer
@param first integer  From 1, or from -1 backwards.
@param last? integer  The last element by default; empty when it lies before `first`.
@return Tensor
@example
assert(tensor.range(1, 5):slice(1, 2, 3):sum() == 2 + 3)
assert(tensor.range(1, 5):slice(1, -2):sum() == 4 + 5))"},
    {"select", tensor_select, R"(Returns one element of a dimension, which goes away.
@param dim integer
@param index integer  From 1, or from -1 backwards.
@return Tensor
@example
assert(tensor.ones(2, 3):select(2, 1):numel() == 2))"},
    {"index", tensor_index, R"(Returns the listed elements of a dimension, in the order of the list.
@param dim integer
@param list integer[]|Tensor  From 1, or from -1 backwards.
@return Tensor
@example
assert(tensor.range(1, 5):index(1, {5, 1, 1}) == tensor.from_table({5, 1, 1})))"},
    {"row", tensor_row, R"(Returns one row of a matrix.
@param index integer  From 1, or from -1 backwards.
@return Tensor
@example
assert(tensor.from_table({{1, 2}, {3, 4}}):row(2) == tensor.from_table({3, 4})))"},
    {"column", tensor_column, R"(Returns one column of a matrix.
@param index integer  From 1, or from -1 backwards.
@return Tensor
@example
assert(tensor.from_table({{1, 2}, {3, 4}}):column(2) == tensor.from_table({2, 4})))"},
    {"t", tensor_t, R"(Returns the transpose of a matrix.
@return Tensor
@example
assert(tensor.zeros(2, 3):t():size(1) == 3))"},
    {"transpose", tensor_transpose, R"(Returns the tensor with two dimensions exchanged.
@param dim1 integer
@param dim2 integer
@return Tensor
@example
assert(tensor.zeros(2, 3, 4):transpose(1, -1):size(1) == 4))"},
    {"reshape", tensor_reshape, R"(Returns the same elements in another shape.
@param ... integer  Sizes, or one list of sizes; one may be -1, which leaves it open.
@return Tensor
@example
assert(tensor.range(1, 6):reshape(2, -1):at(2, 1) == 4))"},
};

} // namespace

void register_tensor_views(lua_State* L) {
  register_methods<TrackedTensor>(L, kMethods);
}

} // namespace residua
