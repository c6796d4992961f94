// Tensors into and out of Lua, and the parts that make up the module `tensor`.

#include "bindings/wrap_tensor.hpp"

#include "bindings/box.hpp"
#include "bindings/native.hpp"
#include "engine/error.hpp"

#include <ATen/ATen.h>
#include <ATen/ScalarOps.h>
#include <utility>

namespace residua {

int push_tensor(lua_State* L, at::Tensor tensor) {
  if (tensor.requires_grad())
    tensor = tensor.detach();
  const auto budget = tensor_budget(L);
  Lease lease;
  if (tensor.has_storage())
    lease = Lease(budget, tensor.storage().unsafeGetStorageImpl(), tensor.storage().nbytes());
  Box<TrackedTensor>::push(L, {std::move(tensor), std::move(lease)});
  budget->settle(L);
  return 1;
}

const at::Tensor& check_tensor(lua_State* L, int index) {
  return Box<TrackedTensor>::check(L, index).tensor;
}

const at::Tensor* opt_tensor(lua_State* L, int index) {
  const auto* tracked = Box<TrackedTensor>::opt(L, index);
  return tracked ? &tracked->tensor : nullptr;
}

at::Tensor check_operand(lua_State* L, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    const at::Scalar number = lua_isinteger(L, index) ? at::Scalar(check_integer(L, index))
                                                      : at::Scalar(check_number(L, index));
    return at::native::wrapped_scalar_tensor(number);
  }
  if (!Box<TrackedTensor>::is(L, index))
    throw_type_error(L, index, "number or Tensor");
  return check_tensor(L, index);
}

std::vector<at::Tensor> check_tensors(lua_State* L, int index) {
  std::vector<at::Tensor> tensors;
  read_elements(L, index, [&](int at, int64_t) { tensors.push_back(check_tensor(L, at)); });
  return tensors;
}

double number_of(const at::Tensor& tensor) {
  return tensor.item().toDouble();
}

void register_tensor(lua_State* L) {
  register_tensor_type(L);
  register_tensor_make(L);
  register_tensor_views(L);
  register_tensor_math(L);
  register_tensor_reduce(L);
}

} // namespace residua
