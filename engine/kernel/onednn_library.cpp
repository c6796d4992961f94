// A library of its own, which onednn.cpp loads: a wheel of libtorch exports parts of another
// oneDNN, and linked beside it Debian's would call those.

#include "engine/kernel/gemm.hpp"

#include <dnnl.hpp>
#include <string>
#include <vector>

using dnnl::memory;
using residua::kernel::Gemm;

extern "C" bool residua_onednn_multiply(const Gemm& g) {
  return dnnl_sgemm('N', g.transposed ? 'T' : 'N', g.m, g.n, g.k, g.alpha, g.a, g.lda, g.b, g.ldb,
                    g.beta, g.c, g.ldc) == dnnl_success;
}

static const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

// A float32 matrix that lies in memory of somebody else.
static memory wrap(const float* data, int64_t rows, int64_t columns, const memory::dims& strides) {
  const memory::desc layout({rows, columns}, memory::data_type::f32, strides);
  return {layout, cpu(), const_cast<float*>(data)};
}

// A dense copy in bfloat16; `buffer` holds it.
static memory rounded(memory from, memory::format_tag tag, std::vector<uint16_t>& buffer,
                      dnnl::stream& stream) {
  const auto sizes = from.get_desc().dims();
  buffer.resize(static_cast<std::size_t>(sizes[0] * sizes[1]));
  memory to({sizes, memory::data_type::bf16, tag}, cpu(), buffer.data());
  dnnl::reorder(from, to).execute(stream, from, to);
  return to;
}

static void multiply_rounded(const Gemm& g) {
  static thread_local std::vector<uint16_t> of_a,
      of_b; // fresh pages would cost as much as rounding
  dnnl::stream stream(cpu());
  const memory::dims strides = g.transposed ? memory::dims{1, g.ldb} : memory::dims{g.ldb, 1};
  const auto tag = g.transposed ? memory::format_tag::ba : memory::format_tag::ab;
  const memory a = rounded(wrap(g.a, g.m, g.k, {g.lda, 1}), memory::format_tag::ab, of_a, stream);
  const memory b = rounded(wrap(g.b, g.k, g.n, strides), tag, of_b, stream);
  const memory c = wrap(g.c, g.m, g.n, {g.ldc, 1});
  const dnnl::matmul::desc what(a.get_desc(), b.get_desc(), c.get_desc());
  const dnnl::matmul product(dnnl::matmul::primitive_desc(what, cpu()));
  product.execute(stream, {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}});
  stream.wait();
}

// Null, or what failed.
extern "C" const char* residua_onednn_multiply_bfloat16(const Gemm& gemm) {
  static thread_local std::string failure;
  try {
    multiply_rounded(gemm);
    return nullptr;
  } catch (const dnnl::error& error) {
    failure = error.what();
    return failure.c_str();
  }
}
