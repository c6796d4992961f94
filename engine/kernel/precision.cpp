#include "engine/kernel/precision.hpp"

#include "engine/error.hpp"

#include <ATen/ATen.h>
#include <dnnl.hpp>

namespace residua::kernel {

static thread_local Precision current = Precision::float32;

Precision precision() {
  return current;
}

PrecisionScope::PrecisionScope(Precision precision) : before_(current) {
  current = precision;
}

PrecisionScope::~PrecisionScope() {
  current = before_;
}

namespace {

using dnnl::memory;

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

/// A float32 matrix that lies in memory of somebody else.
memory wrap(const float* data, int64_t rows, int64_t columns, memory::dims strides) {
  const memory::desc layout({rows, columns}, memory::data_type::f32, std::move(strides));
  return {layout, cpu(), const_cast<float*>(data)};
}

/// A dense bfloat16 matrix, rows or columns first, in a buffer of the pool.
class Rounded {
 public:
  Rounded(memory from, memory::format_tag tag, dnnl::stream& stream)
      : buffer_(at::empty({from.get_desc().dims()[0], from.get_desc().dims()[1]}, at::kBFloat16)),
        memory_({from.get_desc().dims(), memory::data_type::bf16, tag}, cpu(), buffer_.data_ptr()) {
    dnnl::reorder(from, memory_).execute(stream, from, memory_);
  }
  const memory& get() const { return memory_; }

 private:
  at::Tensor buffer_;
  memory memory_;
};

void multiply_bfloat16(const Gemm& g) {
  dnnl::stream stream(cpu());
  const memory::dims of_b = g.transposed ? memory::dims{1, g.ldb} : memory::dims{g.ldb, 1};
  const Rounded a(wrap(g.a, g.m, g.k, {g.lda, 1}), memory::format_tag::ab, stream);
  const Rounded b(wrap(g.b, g.k, g.n, of_b),
                  g.transposed ? memory::format_tag::ba : memory::format_tag::ab, stream);
  const memory c = wrap(g.c, g.m, g.n, {g.ldc, 1});
  const dnnl::matmul::desc what(a.get().get_desc(), b.get().get_desc(), c.get_desc());
  const dnnl::matmul product(dnnl::matmul::primitive_desc(what, cpu()));
  product.execute(stream,
                  {{DNNL_ARG_SRC, a.get()}, {DNNL_ARG_WEIGHTS, b.get()}, {DNNL_ARG_DST, c}});
  stream.wait();
}

} // namespace

void multiply_weights(const Gemm& gemm) {
  if (current == Precision::float32)
    return multiply(gemm);
  try {
    multiply_bfloat16(gemm);
  } catch (const dnnl::error& error) {
    throw Error(cat("products in bfloat16 failed: ", error.what()),
                "leave out precision = \"bfloat16\" on this processor");
  }
}

} // namespace residua::kernel
