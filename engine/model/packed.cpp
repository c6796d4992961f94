#include "engine/model/packed.hpp"

#include "engine/device.hpp"
#include "engine/error.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <numeric>

namespace residua {

static at::Tensor to_device(const std::vector<int64_t>& values) {
  return at::tensor(values, at::kLong).to(device::current());
}

at::Tensor Packed::padded(const at::Tensor& flat) const {
  const at::Tensor places = pad.defined() ? flat.index_select(0, pad) : flat;
  return places.view({rows(), longest, flat.size(1)});
}

at::Tensor Packed::unpadded(const at::Tensor& rows_by_longest) const {
  const at::Tensor places = rows_by_longest.reshape({rows() * longest, -1});
  return unpad.defined() ? places.index_select(0, unpad) : places;
}

at::Tensor Packed::row(const at::Tensor& flat, int64_t row) const {
  return flat.narrow(0, starts[row], lengths[row]);
}

void require_length(int64_t length, int64_t text, int64_t context) {
  if (length == 0)
    throw Error(cat("text ", text + 1, " has no tokens"), "remove empty texts");
  if (length > context)
    throw Error(
        cat("text ", text + 1, " has ", length, " tokens, the model reads at most ", context),
        "split it into shorter texts");
}

static void add_text(Packed& packed, const TokenIds& ids, int64_t text, int64_t context) {
  const auto length = static_cast<int64_t>(ids.size());
  require_length(length, text, context);
  packed.texts.push_back(text);
  packed.starts.push_back(packed.tokens);
  packed.lengths.push_back(length);
  packed.tokens += length;
  packed.longest = std::max(packed.longest, length);
}

static void add_padding(Packed& packed) {
  std::vector<int64_t> pad, unpad;
  for (int64_t row = 0; row < packed.rows(); ++row) {
    for (int64_t place = 0; place < packed.longest; ++place)
      pad.push_back(packed.starts[row] + std::min(place, packed.lengths[row] - 1));
    for (int64_t place = 0; place < packed.lengths[row]; ++place)
      unpad.push_back(row * packed.longest + place);
  }
  packed.pad = to_device(pad);
  packed.unpad = to_device(unpad);
}

Packed pack(const std::vector<TokenIds>& ids, const std::vector<int64_t>& which, int64_t context) {
  Packed packed;
  std::vector<int64_t> all, positions;
  for (const int64_t text : which) {
    add_text(packed, ids[text], text, context);
    all.insert(all.end(), ids[text].begin(), ids[text].end());
    positions.resize(all.size());
    std::iota(positions.begin() + packed.starts.back(), positions.end(), 0);
  }
  packed.ids = to_device(all);
  packed.positions = to_device(positions);
  if (packed.rows() * packed.longest != packed.tokens)
    add_padding(packed);
  return packed;
}

std::vector<int64_t> predicted_tokens(const std::vector<TokenIds>& texts, const std::string& what) {
  std::vector<int64_t> tokens;
  for (const TokenIds& text : texts) {
    if (text.size() < 2)
      throw Error(cat("text ", tokens.size() + 1, " has ", text.size(), " tokens, ", what,
                      " needs two or more (the first is not predicted)"),
                  "remove empty texts");
    tokens.push_back(static_cast<int64_t>(text.size()) - 1);
  }
  return tokens;
}

Packed repeat(const Packed& packed, int64_t times) {
  Packed copies = packed;
  for (int64_t copy = 1; copy < times; ++copy)
    for (int64_t row = 0; row < packed.rows(); ++row) {
      copies.texts.push_back(packed.texts[row]);
      copies.lengths.push_back(packed.lengths[row]);
      copies.starts.push_back(copy * packed.tokens + packed.starts[row]);
    }
  copies.tokens = times * packed.tokens;
  copies.ids = packed.ids.repeat({times});
  copies.positions = packed.positions.repeat({times});
  if (packed.pad.defined())
    add_padding(copies);
  return copies;
}

std::vector<std::vector<int64_t>> make_batches(const std::vector<TokenIds>& ids, int64_t budget) {
  std::vector<int64_t> order(ids.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return ids[a].size() < ids[b].size(); });
  std::vector<std::vector<int64_t>> batches;
  int64_t tokens = 0;
  for (const int64_t text : order) {
    const auto length = static_cast<int64_t>(ids[text].size());
    if (batches.empty() || tokens + length > budget) {
      batches.emplace_back();
      tokens = 0;
    }
    batches.back().push_back(text);
    tokens += length;
  }
  return batches;
}

} // namespace residua
