// Tensor: reductions, order and spectra. Over all elements they return a number, accumulated in
// float64; along a dimension, a tensor.

#include "bindings/box.hpp"
#include "bindings/wrap_tensor.hpp"

#include <ATen/ATen.h>

namespace residua {

namespace {

at::Tensor as_floating(const at::Tensor& tensor) {
  return at::isFloatingType(tensor.scalar_type()) ? tensor : tensor.to(at::kFloat);
}

/// What a reduction is asked for: `self`, the dimension, if one is given, and `keepdim`.
struct Reduction {
  const at::Tensor& tensor;
  std::optional<int64_t> dim;
  bool keep;

  explicit Reduction(lua_State* L)
      : tensor(check_tensor(L, 1)), dim(maybe_dim(L, 2, tensor.dim())),
        keep(opt_boolean(L, 3, false)) {}

  /// The extremes of nothing are no numbers.
  const at::Tensor& filled() const {
    if (dim ? tensor.dim() > 0 && tensor.size(*dim) == 0 : tensor.numel() == 0)
      throw ArgError(1, "the tensor is empty");
    return tensor;
  }
  /// For whole reductions.
  at::Tensor wide() const { return tensor.to(at::kDouble); }
  /// For reductions along a dimension: integers have no mean.
  at::Tensor floating() const { return as_floating(tensor); }
};

int tensor_sum(lua_State* L) {
  const Reduction asked(L);
  if (!asked.dim)
    return push(L, number_of(asked.wide().sum()));
  return push_tensor(L, asked.tensor.sum(*asked.dim, asked.keep));
}

int tensor_mean(lua_State* L) {
  const Reduction asked(L);
  if (!asked.dim)
    return push(L, number_of(asked.wide().mean()));
  return push_tensor(L, asked.floating().mean(*asked.dim, asked.keep));
}

/// Whether the variance divides by n - 1 (default) instead of n.
bool check_unbiased(lua_State* L, int index) {
  return is_absent(L, index) || check_integer(L, index, 0, 1) == 1;
}

int tensor_var(lua_State* L) {
  const Reduction asked(L);
  const bool unbiased = check_unbiased(L, 4);
  if (!asked.dim)
    return push(L, number_of(at::var(asked.wide(), unbiased)));
  return push_tensor(L,
                     at::var(asked.floating(), at::IntArrayRef(*asked.dim), unbiased, asked.keep));
}

int tensor_std(lua_State* L) {
  const Reduction asked(L);
  const bool unbiased = check_unbiased(L, 4);
  if (!asked.dim)
    return push(L, number_of(at::std(asked.wide(), unbiased)));
  return push_tensor(L,
                     at::std(asked.floating(), at::IntArrayRef(*asked.dim), unbiased, asked.keep));
}

int tensor_min(lua_State* L) {
  const Reduction asked(L);
  if (!asked.dim)
    return push(L, number_of(asked.filled().min()));
  return push_tensor(L, asked.filled().amin(*asked.dim, asked.keep));
}

int tensor_max(lua_State* L) {
  const Reduction asked(L);
  if (!asked.dim)
    return push(L, number_of(asked.filled().max()));
  return push_tensor(L, asked.filled().amax(*asked.dim, asked.keep));
}

int tensor_norm(lua_State* L) {
  const Reduction asked(L);
  const double p = opt_number(L, 4, 2);
  if (!asked.dim)
    return push(L, number_of(at::linalg_vector_norm(asked.wide(), p)));
  return push_tensor(
      L, at::linalg_vector_norm(asked.floating(), p, at::IntArrayRef(*asked.dim), asked.keep));
}

// Positions of elements count from 1, like every index.
int tensor_argmin(lua_State* L) {
  const Reduction asked(L);
  if (!asked.dim)
    return push(L, asked.filled().argmin().item().toLong() + 1);
  return push_tensor(L, asked.filled().argmin(*asked.dim, asked.keep) + 1);
}

int tensor_argmax(lua_State* L) {
  const Reduction asked(L);
  if (!asked.dim)
    return push(L, asked.filled().argmax().item().toLong() + 1);
  return push_tensor(L, asked.filled().argmax(*asked.dim, asked.keep) + 1);
}

int64_t last_dim_or(lua_State* L, int index, const at::Tensor& tensor) {
  return maybe_dim(L, index, tensor.dim()).value_or(-1);
}

int tensor_sort(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  const int64_t dim = last_dim_or(L, 2, tensor);
  const bool descending = opt_boolean(L, 3, false);
  const auto [values, places] = at::sort(tensor, /*stable=*/true, dim, descending);
  return push_tensor(L, values) + push_tensor(L, places + 1);
}

int tensor_topk(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  const int64_t dim = last_dim_or(L, 3, tensor);
  const int64_t count = check_integer(L, 2, 0, tensor.dim() ? tensor.size(dim) : 1);
  const bool largest = opt_boolean(L, 4, true);
  const auto [values, places] = at::topk(tensor, count, dim, largest, /*sorted=*/true);
  return push_tensor(L, values) + push_tensor(L, places + 1);
}

int tensor_softmax(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  return push_tensor(L, at::softmax(as_floating(tensor), last_dim_or(L, 2, tensor)));
}

int tensor_log_softmax(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1);
  return push_tensor(L, at::log_softmax(as_floating(tensor), last_dim_or(L, 2, tensor)));
}

int tensor_svdvals(lua_State* L) {
  return push_tensor(L, at::linalg_svdvals(as_floating(check_tensor(L, 1))));
}

const Entry kMethods[] = {
    {"sum", tensor_sum, R"(Returns the sum of all elements, or the sums along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@return number|Tensor
@example
assert(tensor.ones(2, 3):sum() == 6 and tensor.ones(2, 3):sum(1):at(3) == 2))"},
    {"mean", tensor_mean, R"(Returns the mean of all elements, or the means along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@return number|Tensor
@example
assert(tensor.range(1, 4):mean() == 2.5))"},
    {"var", tensor_var, R"(Returns the variance, of all elements or along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@param correction? integer  Divides by n - correction: 1 (default) for a sample, 0 for a population.
@return number|Tensor
@example
assert(tensor.range(1, 3):var() == 1)
assert(tensor.from_table({1, 3}):var(nil, nil, 0) == 1))"},
    {"std", tensor_std, R"(Returns the standard deviation, of all elements or along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@param correction? integer  Divides by n - correction: 1 (default) for a sample, 0 for a population.
@return number|Tensor
@example
assert(tensor.range(1, 3):std() == 1))"},
    {"min", tensor_min, R"(Returns the least element, or the least along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@return number|Tensor
@example
assert(tensor.range(1, 4):min() == 1))"},
    {"max", tensor_max, R"(Returns the greatest element, or the greatest along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@return number|Tensor
@example
assert(tensor.range(1, 4):max() == 4))"},
    {"argmin", tensor_argmin,
     R"(Returns where the least element is, counted from 1 in row-major order, or along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@return integer|Tensor
@example
assert(tensor.from_table({3, 1, 2}):argmin() == 2))"},
    {"argmax", tensor_argmax,
     R"(Returns where the greatest element is, counted from 1 in row-major order, or along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@return integer|Tensor
@example
assert(tensor.from_table({3, 1, 2}):argmax() == 1))"},
    {"norm", tensor_norm, R"(Returns the p-norm, of all elements or along a dimension.
@param dim? integer
@param keepdim? boolean  Keeps the dimension, with size 1.
@param p? number  2 by default; math.huge for the greatest magnitude.
@return number|Tensor
@example
assert(tensor.from_table({3, 4}):norm() == 5))"},
    {"sort", tensor_sort,
     R"(Returns the elements in order, and where each was, from 1; equal elements keep their order.
@param dim? integer  Last by default.
@param descending? boolean
@return Tensor values
@return Tensor indices
@example
local values, indices = tensor.from_table({3, 1, 2}):sort()
assert(values == tensor.range(1, 3) and indices:at(1) == 2))"},
    {"topk", tensor_topk, R"(Returns the k greatest elements in order, and where each was, from 1.
@param k integer  0 to the size of the dimension.
@param dim? integer  Last by default.
@param largest? boolean  False for the k least.
@return Tensor values
@return Tensor indices
@example
local values, indices = tensor.from_table({3, 1, 2}):topk(2)
assert(values:at(2) == 2 and indices:at(2) == 3))"},
    {"softmax", tensor_softmax, R"(Returns exp(x) / sum exp(x) along a dimension.
@param dim? integer  Last by default.
@return Tensor
@example
assert(tensor.zeros(2, 4):softmax():at(1, 1) == 0.25))"},
    {"log_softmax", tensor_log_softmax, R"(Returns x - log sum exp(x) along a dimension, in nats.
@param dim? integer  Last by default.
@return Tensor
@example
assert(math.abs(tensor.zeros(4):log_softmax():at(1) + math.log(4)) < 1e-6))"},
    {"svdvals", tensor_svdvals, R"(Returns the singular values of a matrix, greatest first.
@return Tensor
@example
assert(tensor.eye(3):svdvals():sum() == 3))"},
};

} // namespace

void register_tensor_reduce(lua_State* L) {
  register_methods<TrackedTensor>(L, kMethods);
}

} // namespace residua
