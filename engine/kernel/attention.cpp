#include "engine/kernel/attention.hpp"

#include "engine/error.hpp"
#include "engine/kernel/onednn.hpp"
#include "engine/kernel/vector_loops.hpp"
#include "engine/kernel/vector_math.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <atomic>
#include <omp.h>

namespace residua::kernel {
namespace {

constexpr int64_t kQueries = 64; // of one text and head at once

/// One head of q, k or v: token t at `data + t * stride`.
struct HeadRows {
  const float* data;
  int64_t stride;
};

HeadRows rows_of(const at::Tensor& x, int64_t head) {
  return {x.data_ptr<float>() + head * x.stride(1), x.stride(0)};
}

// By the distance of the key, the last one at 0: small numbers where the weights are large.
RESIDUA_VECTOR void add_slope(float* scores, int64_t n, float slope) {
  for (int64_t i = 0; i < n; ++i)
    scores[i] += slope * static_cast<float>(i - n + 1);
}

/// The attention of one head in one text.
class OneHead {
 public:
  OneHead(const AttentionRule& rule, float slope, int64_t width, float* scores)
      : rule_(rule), slope_(slope), width_(width), scores_(scores) {}

  /// False where a product failed.
  bool run(HeadRows q, HeadRows k, HeadRows v, int64_t length, float* out,
           int64_t out_stride) const {
    for (int64_t first = 0; first < length; first += kQueries) {
      const int64_t queries = std::min(kQueries, length - first);
      const int64_t from = rule_.window > 0 ? std::max<int64_t>(0, first + 1 - rule_.window) : 0;
      const int64_t keys = first + queries - from;
      if (!onednn::multiply({true, queries, keys, width_, static_cast<float>(rule_.scale),
                             q.data + first * q.stride, q.stride, k.data + from * k.stride,
                             k.stride, 0, scores_, keys}))
        return false;
      for (int64_t i = 0; i < queries; ++i)
        weigh(scores_ + i * keys, keys, first + i - from);
      if (!onednn::multiply({false, queries, width_, keys, 1, scores_, keys,
                             v.data + from * v.stride, v.stride, 0, out + first * out_stride,
                             out_stride}))
        return false;
    }
    return true;
  }

 private:
  // Scores of one query become weights; `own` is its place among the keys.
  void weigh(float* scores, int64_t keys, int64_t own) const {
    const int64_t first = rule_.window > 0 ? std::max<int64_t>(0, own + 1 - rule_.window) : 0;
    const int64_t count = own + 1 - first;
    if (rule_.softcap > 0)
      soft_cap(scores + first, count, static_cast<float>(rule_.softcap));
    if (slope_ != 0)
      add_slope(scores + first, count, slope_);
    softmax(scores + first, count);
    std::fill(scores, scores + first, 0.f);
    std::fill(scores + own + 1, scores + keys, 0.f);
  }

  const AttentionRule& rule_;
  const float slope_;
  const int64_t width_;
  float* const scores_;
};

at::Tensor dense_heads(const at::Tensor& x) {
  return x.stride(2) == 1 ? x : x.contiguous();
}

} // namespace

at::Tensor attention(const at::Tensor& queries, const at::Tensor& keys, const at::Tensor& values,
                     const std::vector<int64_t>& starts, const std::vector<int64_t>& lengths,
                     const AttentionRule& rule) {
  const at::Tensor q = dense_heads(queries), k = dense_heads(keys), v = dense_heads(values);
  const int64_t heads = q.size(1), width = q.size(2), repeats = heads / k.size(1);
  at::Tensor out = at::empty({q.size(0), heads * width}, q.options());
  float* const mixed = out.data_ptr<float>();
  const int64_t longest = *std::max_element(lengths.begin(), lengths.end());
  const auto tasks = static_cast<int64_t>(lengths.size()) * heads;
  const int64_t piece = std::min(kQueries, longest) * longest; // scores of one thread
  const at::Tensor scores = at::empty({omp_get_max_threads(), piece}, q.options());
  std::atomic<bool> failed = false; // nothing may be thrown out of the region
#pragma omp parallel for schedule(dynamic)
  for (int64_t task = 0; task < tasks; ++task) {
    const int64_t text = task / heads, head = task % heads, start = starts[text];
    const auto from = [&](const at::Tensor& x, int64_t which) {
      HeadRows one = rows_of(x, which);
      one.data += start * one.stride;
      return one;
    };
    const OneHead one(rule, rule.slopes.empty() ? 0 : rule.slopes[head], width,
                      scores.data_ptr<float>() + omp_get_thread_num() * piece);
    if (!one.run(from(q, head), from(k, head / repeats), from(v, head / repeats), lengths[text],
                 mixed + start * heads * width + head * width, heads * width))
      failed = true;
  }
  if (failed)
    throw Error("a product of attention failed in oneDNN", "free some memory");
  return out;
}

} // namespace residua::kernel
