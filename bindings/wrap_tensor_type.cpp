// Tensor: the type itself, what it says about itself, and its way back into plain Lua values.

#include "bindings/box.hpp"
#include "bindings/nested.hpp"
#include "bindings/wrap_tensor.hpp"
#include "engine/digest.hpp"
#include "engine/dtype.hpp"
#include "engine/error.hpp"
#include "engine/tensor_text.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

int tensor_shape(lua_State* L) {
  return push(L, check_tensor(L, 1).sizes());
}

int tensor_size(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  return push(L, tensor.size(check_dim(L, 2, tensor.dim())));
}

int tensor_numel(lua_State* L) {
  return push(L, check_tensor(L, 1).numel());
}

int tensor_dim(lua_State* L) {
  return push(L, check_tensor(L, 1).dim());
}

int tensor_dtype(lua_State* L) {
  return push(L, dtype_name(check_tensor(L, 1).scalar_type()));
}

int tensor_device(lua_State* L) {
  return push(L, check_tensor(L, 1).device().str());
}

int tensor_length(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  if (tensor.dim() == 0)
    throw ArgError(1, "Tensor has no dimensions");
  return push(L, tensor.size(0));
}

int tensor_item(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  if (tensor.numel() != 1)
    throw ArgError(1, "one element expected, got " + tensor_title(tensor));
  return push(L, number_of(tensor));
}

int tensor_at(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  if (lua_gettop(L) - 1 != tensor.dim())
    throw ArgError(1, cat(tensor.dim(), " indices expected, got ", lua_gettop(L) - 1));
  int64_t offset = tensor.storage_offset();
  for (int dim = 0; dim < tensor.dim(); ++dim)
    offset += tensor.stride(dim) * check_index(L, dim + 2, tensor.size(dim));
  return push(L, number_of(tensor.as_strided({}, {}, offset)));
}

int tensor_totable(lua_State* L) {
  const at::Tensor values = check_tensor(L, 1).to(at::kCPU, at::kDouble).contiguous();
  const auto count = static_cast<std::size_t>(values.numel());
  return push_nested(L, values.sizes(), {values.data_ptr<double>(), count});
}

int tensor_to(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  const std::string_view what = check_string(L, 2);
  if (const auto dtype = find_dtype(what))
    return push_tensor(L, tensor.to(*dtype));
  if (!what.starts_with("cpu") && !what.starts_with("cuda"))
    throw ArgError(2, cat("unknown dtype or device '", what,
                          "', expected one of: ", listed(dtype_names()), ", cpu, cuda"));
  return push_tensor(L, tensor.to(at::Device(std::string(what))));
}

int tensor_clone(lua_State* L) {
  return push_tensor(L, check_tensor(L, 1).clone(at::MemoryFormat::Contiguous));
}

int tensor_digest(lua_State* L) {
  const at::Tensor tensor = check_tensor(L, 1).cpu().contiguous();
  Digest digest;
  digest.add(dtype_name(tensor.scalar_type()));
  for (const int64_t size : tensor.sizes())
    digest.add(static_cast<long long>(size));
  return push(L, digest.bytes(tensor.data_ptr(), tensor.nbytes()).hex());
}

int tensor_tostring(lua_State* L) {
  return push(L, tensor_text(check_tensor(L, 1)));
}

bool same(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.dtype() == b.dtype() && a.device() == b.device() &&
         at::equal(a, b);
}

int tensor_equal(lua_State* L) {
  return push(L, same(check_tensor(L, 1), check_tensor(L, 2)));
}

/// `==` between userdata of any two types.
int tensor_is_equal(lua_State* L) {
  const auto* a = Box<TrackedTensor>::test(L, 1);
  const auto* b = Box<TrackedTensor>::test(L, 2);
  return push(L, a && b && same(a->tensor, b->tensor));
}

int tensor_allclose(lua_State* L) {
  const at::Tensor a = check_tensor(L, 1).to(at::kDouble);
  const at::Tensor b = check_tensor(L, 2).to(at::kDouble);
  const double tolerance = opt_number(L, 3, 1e-6);
  return push(L, a.sizes() == b.sizes() && at::allclose(a, b, tolerance, tolerance));
}

const Entry kMethods[] = {
    {"shape", tensor_shape, R"(Returns the sizes of all dimensions.
@return integer[]
@example
assert(table.concat(tensor.zeros(2, 3):shape(), "x") == "2x3"))"},
    {"size", tensor_size, R"(Returns the size of one dimension.
@param dim integer  From 1, or from -1 backwards.
@return integer
@example
assert(tensor.zeros(2, 3):size(-1) == 3))"},
    {"numel", tensor_numel, R"(Returns how many elements there are.
@return integer
@example
assert(tensor.zeros(2, 3):numel() == 6))"},
    {"dim", tensor_dim, R"(Returns how many dimensions there are.
@return integer
@example
assert(tensor.zeros(2, 3):dim() == 2))"},
    {"dtype", tensor_dtype, R"(Returns the element type, such as "float32".
@return string
@example
assert(tensor.zeros(1):dtype() == "float32"))"},
    {"device", tensor_device, R"(Returns where the elements are, "cpu" or "cuda:0".
@return string
@example
assert(tensor.zeros(1):device() == "cpu"))"},
    {"item", tensor_item, R"(Returns the number of a tensor with one element.
@return number
@example
assert(tensor.full(2.5, 1, 1):item() == 2.5))"},
    {"at", tensor_at, R"(Returns one element.
@param ... integer  One index per dimension, from 1, or from -1 backwards.
@return number
@example
local t = tensor.from_table({{1, 2}, {3, 4}})
assert(t:at(2, 1) == 3 and t:at(-1, -1) == 4))"},
    {"totable", tensor_totable, R"(Returns the elements as nested tables of numbers.
@return table|number  A number when there are no dimensions.
@example
assert(tensor.from_table({{1, 2}, {3, 4}}):totable()[2][1] == 3))"},
    {"to", tensor_to, R"(Returns the tensor with another element type, or on another device.
@param what string  "float32" "float64" "float16" "bfloat16" "int64" "int32" "int16" "int8" "uint8" "bool", or "cpu" "cuda".
@return Tensor
@example
assert(tensor.ones(2):to("int64"):dtype() == "int64"))"},
    {"clone", tensor_clone,
     R"(Returns a copy with memory of its own, so that a larger tensor that this one views may go.
@return Tensor
@example
assert(tensor.ones(2, 2):row(1):clone() == tensor.ones(2)))"},
    {"digest", tensor_digest, R"(Returns the digest of type, shape and elements (XXH3, 128 bit).
@return string  32 hexadecimal digits.
@example
assert(tensor.ones(2):digest() == tensor.ones(2):digest())
assert(tensor.ones(2):digest() ~= tensor.ones(2, 1):digest()))"},
    {"equal", tensor_equal,
     R"(Returns whether type, shape and all elements are equal; `a == b` is the same.
@param other Tensor
@return boolean
@example
assert(tensor.ones(2):equal(tensor.ones(2)) and tensor.ones(2) ~= tensor.zeros(2)))"},
    {"allclose", tensor_allclose,
     R"(Returns whether the shapes agree and |a - b| <= tol + tol |b| for each element.
@param other Tensor
@param tol? number  At least 0; 1e-6 by default.
@return boolean
@example
assert(tensor.ones(2):allclose(tensor.ones(2) + 1e-4, 1e-3)))"},
};

const Entry kMetamethods[] = {
    {"__len", tensor_length, R"(Returns the size of the first dimension.
@return integer
@example
assert(#tensor.zeros(4, 3) == 4))"},
    {"__tostring", tensor_tostring, R"(Returns shape, type and a corner of at most 6 x 6 numbers.
@return string
@example
assert(tostring(tensor.zeros(3, 128)):find("^Tensor %[3, 128%] float32\n")))"},
    {"__eq", tensor_is_equal, R"(Returns whether type, shape and all elements are equal.
@param other Tensor
@return boolean
@example
assert(tensor.ones(2) == tensor.ones(2)))"},
};

} // namespace

void register_tensor_type(lua_State* L) {
  register_type<TrackedTensor>(L, "tensor", "Tensor", kMethods, kMetamethods);
}

} // namespace residua
