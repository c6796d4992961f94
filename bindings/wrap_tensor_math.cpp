// Tensor: arithmetic, comparison and functions, element by element, and the matrix product.

#include "bindings/box.hpp"
#include "bindings/wrap_tensor.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

using Unary = at::Tensor (*)(const at::Tensor&);
using Compare = at::Tensor (*)(const at::Tensor&, const at::Tensor&);

template <Unary function> int unary(lua_State* L) {
  return push_tensor(L, function(check_tensor(L, 1)));
}

/// A comparison; its method takes a tensor or a number.
template <Compare function> int compare(lua_State* L) {
  return push_tensor(L, function(check_tensor(L, 1), check_operand(L, 2)));
}

// Either operand of these may be the number.
int tensor_add(lua_State* L) {
  return push_tensor(L, at::add(check_operand(L, 1), check_operand(L, 2)));
}

int tensor_sub(lua_State* L) {
  return push_tensor(L, at::sub(check_operand(L, 1), check_operand(L, 2)));
}

int tensor_mul(lua_State* L) {
  return push_tensor(L, at::mul(check_operand(L, 1), check_operand(L, 2)));
}

int tensor_div(lua_State* L) {
  return push_tensor(L, at::div(check_operand(L, 1), check_operand(L, 2)));
}

int tensor_pow(lua_State* L) {
  return push_tensor(L, at::pow(check_operand(L, 1), check_operand(L, 2)));
}

int tensor_clamp(lua_State* L) {
  at::Tensor tensor = check_tensor(L, 1);
  if (const auto low = maybe_number(L, 2))
    tensor = at::clamp_min(tensor, *low);
  if (const auto high = maybe_number(L, 3))
    tensor = at::clamp_max(tensor, *high);
  return push_tensor(L, tensor);
}

int tensor_matmul(lua_State* L) {
  return push_tensor(L, at::matmul(check_tensor(L, 1), check_tensor(L, 2)));
}

const Entry kMethods[] = {
    {"matmul", tensor_matmul,
     R"(Returns the matrix product of `self` and `other`; leading dimensions are batches.
@param other Tensor  Right factor; its rows must match the columns of `self`.
@return Tensor
@example
local a = tensor.ones(2, 3)
assert(a:matmul(tensor.ones(3, 4)):sum() == 24))"},
    {"abs", unary<at::abs>, R"(Returns |x| of each element.
@return Tensor
@example
assert(tensor.full(-2, 3):abs():sum() == 6))"},
    {"sqrt", unary<at::sqrt>, R"(Returns the square root of each element; NaN below 0.
@return Tensor
@example
assert(tensor.full(9, 2):sqrt():sum() == 6))"},
    {"exp", unary<at::exp>, R"(Returns e^x of each element.
@return Tensor
@example
assert(tensor.zeros(2):exp():sum() == 2))"},
    {"log", unary<at::log>, R"(Returns the natural logarithm of each element; NaN below 0.
@return Tensor
@example
assert(tensor.ones(2):log():sum() == 0))"},
    {"tanh", unary<at::tanh>, R"(Returns the hyperbolic tangent of each element.
@return Tensor
@example
assert(tensor.full(100, 2):tanh():sum() == 2))"},
    {"round", unary<at::round>,
     R"(Returns each element rounded to the nearest integer, halves to the even one.
@return Tensor
@example
assert(tensor.from_table({0.5, 1.5, 2.5}):round() == tensor.from_table({0, 2, 2})))"},
    {"clamp", tensor_clamp, R"(Returns each element limited to [low, high].
@param low? number  No lower limit by default.
@param high? number  No upper limit by default.
@return Tensor
@example
assert(tensor.range(1, 5):clamp(2, 3):sum() == 2 + 2 + 3 + 3 + 3))"},
    {"lt", compare<at::lt>, R"(Returns whether each element is less than `other`, as bool.
@param other Tensor|number
@return Tensor
@example
assert(tensor.range(1, 5):lt(3):sum() == 2))"},
    {"le", compare<at::le>, R"(Returns whether each element is at most `other`, as bool.
@param other Tensor|number
@return Tensor
@example
assert(tensor.range(1, 5):le(3):sum() == 3))"},
    {"gt", compare<at::gt>, R"(Returns whether each element is greater than `other`, as bool.
@param other Tensor|number
@return Tensor
@example
assert(tensor.range(1, 5):gt(3):sum() == 2))"},
    {"ge", compare<at::ge>, R"(Returns whether each element is at least `other`, as bool.
@param other Tensor|number
@return Tensor
@example
assert(tensor.range(1, 5):ge(3):sum() == 3))"},
    {"eq", compare<at::eq>,
     R"(Returns whether each element equals `other`, as bool; `a == b` compares whole tensors.
@param other Tensor|number
@return Tensor
@example
assert(tensor.range(1, 5):eq(3):sum() == 1))"},
    {"ne", compare<at::ne>, R"(Returns whether each element differs from `other`, as bool.
@param other Tensor|number
@return Tensor
@example
assert(tensor.range(1, 5):ne(3):sum() == 4))"},
};

const Entry kMetamethods[] = {
    {"__add", tensor_add, R"(Returns the sum, element by element.
@param other Tensor|number
@return Tensor
@example
assert((1 + tensor.ones(2)):sum() == 4))"},
    {"__sub", tensor_sub, R"(Returns the difference, element by element.
@param other Tensor|number
@return Tensor
@example
assert((3 - tensor.ones(2)):sum() == 4))"},
    {"__mul", tensor_mul, R"(Returns the product, element by element.
@param other Tensor|number
@return Tensor
@example
assert((tensor.ones(2) * 2):sum() == 4))"},
    {"__div", tensor_div, R"(Returns the quotient, element by element; integers give float32.
@param other Tensor|number
@return Tensor
@example
assert((tensor.ones(2) / 2):sum() == 1))"},
    {"__pow", tensor_pow, R"(Returns the power, element by element.
@param other Tensor|number
@return Tensor
@example
assert((tensor.full(3, 2) ^ 2):sum() == 18))"},
    {"__unm", unary<at::neg>, R"(Returns the elements with the other sign.
@return Tensor
@example
assert((-tensor.ones(2)):sum() == -2))"},
};

} // namespace

void register_tensor_math(lua_State* L) {
  register_methods<TrackedTensor>(L, kMethods);
  register_metamethods<TrackedTensor>(L, kMetamethods);
}

} // namespace residua
