// The module `tensor`: making tensors from nothing, from seeds, from tables and from other tensors.

#include "bindings/args.hpp"
#include "bindings/entry.hpp"
#include "bindings/nested.hpp"
#include "bindings/wrap_tensor.hpp"
#include "engine/dtype.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <cmath>

namespace residua {

namespace {

constexpr double kMaxRange = 1e9; // elements

at::Generator seeded(lua_State* L, int index) {
  return at::detail::createCPUGenerator(static_cast<uint64_t>(check_integer(L, index)));
}

c10::ScalarType opt_dtype(lua_State* L, int index, c10::ScalarType otherwise) {
  if (is_absent(L, index))
    return otherwise;
  return *find_dtype(dtype_names()[check_enum(L, index, "dtype", dtype_names())]);
}

int make_zeros(lua_State* L) {
  return push_tensor(L, at::zeros(check_shape(L, 1)));
}

int make_ones(lua_State* L) {
  return push_tensor(L, at::ones(check_shape(L, 1)));
}

int make_full(lua_State* L) {
  const double value = check_number(L, 1);
  return push_tensor(L, at::full(check_shape(L, 2), value, at::kFloat));
}

int make_range(lua_State* L) {
  const double first = check_number(L, 1);
  const double last = check_number(L, 2);
  const double step = opt_number(L, 3, 1);
  const double count = std::floor((last - first) / step + 1e-9) + 1;
  if (!(std::abs(count) <= kMaxRange)) // also a step of 0
    throw ArgError(3, "step makes no finite range");
  const auto size = static_cast<int64_t>(std::max(count, 0.0));
  return push_tensor(L, (at::arange(size, at::kDouble) * step + first).to(at::kFloat));
}

int make_eye(lua_State* L) {
  return push_tensor(L, at::eye(check_integer(L, 1)));
}

int make_rand(lua_State* L) {
  const auto generator = seeded(L, 1);
  return push_tensor(L, at::rand(check_shape(L, 2), generator));
}

int make_randn(lua_State* L) {
  const auto generator = seeded(L, 1);
  return push_tensor(L, at::randn(check_shape(L, 2), generator));
}

int make_from_table(lua_State* L) {
  Nested nested = check_nested(L, 1);
  const auto dtype = opt_dtype(L, 2, at::kFloat);
  const at::Tensor view = at::from_blob(nested.values.data(), nested.shape, at::kDouble);
  return push_tensor(L, view.to(at::TensorOptions(dtype), /*non_blocking=*/false, /*copy=*/true));
}

int make_cat(lua_State* L) {
  const auto tensors = check_tensors(L, 1);
  if (tensors.empty())
    throw ArgError(1, "at least one Tensor expected, got an empty list");
  const int64_t dim = maybe_dim(L, 2, tensors.front().dim()).value_or(0);
  return push_tensor(L, at::cat(tensors, dim));
}

int make_stack(lua_State* L) {
  const auto tensors = check_tensors(L, 1);
  if (tensors.empty())
    throw ArgError(1, "at least one Tensor expected, got an empty list");
  const int64_t dim = maybe_dim(L, 2, tensors.front().dim() + 1).value_or(0);
  return push_tensor(L, at::stack(tensors, dim));
}

const Entry kModule[] = {
    {"zeros", make_zeros, R"(Returns a float32 tensor of zeros.
@param ... integer  Sizes, or one list of sizes.
@return Tensor
@example
assert(tensor.zeros(2, 3):sum() == 0 and tensor.zeros({2, 3}):numel() == 6))"},
    {"ones", make_ones, R"(Returns a float32 tensor of ones.
@param ... integer  Sizes, or one list of sizes.
@return Tensor
@example
assert(tensor.ones(2, 3):sum() == 6))"},
    {"full", make_full, R"(Returns a float32 tensor of one value.
@param value number
@param ... integer  Sizes, or one list of sizes.
@return Tensor
@example
assert(tensor.full(0.5, 4):sum() == 2))"},
    {"range", make_range,
     R"(Returns first, first + step, ... up to and including last, as a numeric `for` counts; float32.
@param first number
@param last number
@param step? number  Not 0; 1 by default.
@return Tensor
@example
assert(tensor.range(1, 4):sum() == 10)
assert(tensor.range(0, 1, 0.1):numel() == 11))"},
    {"eye", make_eye, R"(Returns the identity matrix [n, n], float32.
@param n integer  At least 0.
@return Tensor
@example
assert(tensor.eye(3):sum() == 3))"},
    {"rand", make_rand, R"(Returns numbers uniform on [0, 1), float32; the same for the same seed.
@param seed integer
@param ... integer  Sizes, or one list of sizes.
@return Tensor
@example
assert(tensor.rand(1, 8) == tensor.rand(1, 8) and tensor.rand(1, 8) ~= tensor.rand(2, 8)))"},
    {"randn", make_randn,
     R"(Returns numbers from the standard normal distribution, float32; the same for the same seed.
@param seed integer
@param ... integer  Sizes, or one list of sizes.
@return Tensor
@example
assert(math.abs(tensor.randn(1, 100, 100):std() - 1) < 0.05))"},
    {"from_table", make_from_table,
     R"(Returns a tensor of the numbers in nested tables; all rows of one length.
@param values table|number
@param dtype? string  "float32" by default.
@return Tensor
@example
local t = tensor.from_table({{1, 2, 3}, {4, 5, 6}})
assert(t:size(1) == 2 and t:at(2, 3) == 6))"},
    {"cat", make_cat, R"(Joins tensors along an existing dimension.
@param tensors Tensor[]
@param dim? integer  1 by default.
@return Tensor
@example
assert(tensor.cat({tensor.ones(2, 3), tensor.zeros(1, 3)}):size(1) == 3))"},
    {"stack", make_stack, R"(Joins tensors of one shape along a new dimension.
@param tensors Tensor[]
@param dim? integer  Where the new dimension goes; 1 by default.
@return Tensor
@example
assert(tensor.stack({tensor.ones(3), tensor.zeros(3)}):size(1) == 2))"},
};

} // namespace

void register_tensor_make(lua_State* L) {
  register_module(L, "tensor", kModule);
}

} // namespace residua
