#pragma once
// Tensors as Lua values: immutable handles on at::Tensor, counted by the tensor budget.

#include "bindings/memory.hpp"

#include <ATen/core/Tensor.h>
#include <lua.hpp>
#include <vector>

namespace residua {

/// What a Tensor userdata holds. The lease goes before the storage that it counts.
struct TrackedTensor {
  at::Tensor tensor;
  Lease lease;
};

/// Pushes a tensor that nobody will change any more; returns 1. May collect garbage.
int push_tensor(lua_State* L, at::Tensor tensor);

const at::Tensor& check_tensor(lua_State* L, int index);
/// Null when the argument is absent.
const at::Tensor* opt_tensor(lua_State* L, int index);
/// A Tensor, or a number as a tensor that leaves the other operand's dtype alone.
at::Tensor check_operand(lua_State* L, int index);
/// A list of tensors.
std::vector<at::Tensor> check_tensors(lua_State* L, int index);
/// The one number of a tensor.
double number_of(const at::Tensor& tensor);

// The parts of register_tensor, in their files; the first registers the type.
void register_tensor_type(lua_State* L);
void register_tensor_make(lua_State* L);
void register_tensor_views(lua_State* L);
void register_tensor_math(lua_State* L);
void register_tensor_reduce(lua_State* L);

} // namespace residua
