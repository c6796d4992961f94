// Texts laid end to end, and the padded view that attention takes of them.

#include "tests/support/catch.hpp"

#include "engine/model/packed.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <numeric>
#include <random>

using namespace residua;
using Ints = std::vector<int64_t>;

static Ints values(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.contiguous();
  return {dense.data_ptr<int64_t>(), dense.data_ptr<int64_t>() + dense.numel()};
}

TEST_CASE("a packed batch by hand", "[packed]") {
  const std::vector<TokenIds> ids = {{7}, {1, 2, 3}, {}, {4, 5}};
  const Packed packed = pack(ids, {3, 1}, 10);
  CHECK(packed.texts == Ints{3, 1});
  CHECK(packed.lengths == Ints{2, 3});
  CHECK(packed.starts == Ints{0, 2});
  CHECK(packed.tokens == 5);
  CHECK(packed.longest == 3);
  CHECK(values(packed.ids) == Ints{4, 5, 1, 2, 3});
  CHECK(values(packed.positions) == Ints{0, 1, 0, 1, 2});
  const at::Tensor flat = at::arange(5).unsqueeze(1);
  CHECK(values(packed.padded(flat)) == Ints{0, 1, 1, 2, 3, 4}); // padding repeats the last token
  CHECK(values(packed.row(flat, 1)) == Ints{2, 3, 4});
}

TEST_CASE("padding and its inverse give back every activation", "[packed][property]") {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<TokenIds> ids(1 + random() % 6);
    for (TokenIds& text : ids)
      text.resize(1 + random() % 8);
    Ints which(ids.size());
    std::iota(which.begin(), which.end(), 0);
    const Packed packed = pack(ids, which, 8);
    const at::Tensor flat = at::randn({packed.tokens, 3}), padded = packed.padded(flat);
    CHECK(padded.sizes() == at::IntArrayRef({packed.rows(), packed.longest, 3}));
    CHECK(at::equal(packed.unpadded(padded), flat));
    for (int64_t row = 0; row < packed.rows(); ++row)
      CHECK(at::equal(padded[row].narrow(0, 0, packed.lengths[row]), packed.row(flat, row)));
  }
}

TEST_CASE("texts of one length need no padding", "[packed]") {
  const Packed packed = pack({{1, 2}, {3, 4}}, {0, 1}, 2);
  CHECK_FALSE(packed.pad.defined());
  CHECK_FALSE(packed.unpad.defined());
}

TEST_CASE("texts that no model reads", "[packed]") {
  CHECK(message_of([] {
          pack({{1}, {}}, {0, 1}, 4);
        }) == "text 2 has no tokens; remove empty texts");
  CHECK(message_of([] {
          pack({{1, 2, 3, 4, 5}}, {0}, 4);
        }) == "text 1 has 5 tokens, the model reads at most 4; split it into shorter texts");
  CHECK(pack({{1, 2, 3, 4}}, {0}, 4).tokens == 4);
}

TEST_CASE("batches hold every text once, within the budget, similar lengths together",
          "[packed][property]") {
  std::mt19937 random(4);
  for (int round = 0; round < 100; ++round) {
    std::vector<TokenIds> ids(random() % 30);
    for (TokenIds& text : ids)
      text.resize(random() % 20);
    const int64_t budget = 1 + random() % 40;
    Ints seen;
    std::size_t longest = 0;
    for (const Ints& batch : make_batches(ids, budget)) {
      CHECK_FALSE(batch.empty());
      int64_t tokens = 0;
      for (const int64_t text : batch) {
        CHECK(ids[text].size() >= longest);
        longest = ids[text].size();
        tokens += static_cast<int64_t>(longest);
        seen.push_back(text);
      }
      CHECK((tokens <= budget || batch.size() == 1));
    }
    std::sort(seen.begin(), seen.end());
    Ints all(ids.size());
    std::iota(all.begin(), all.end(), 0);
    CHECK(seen == all);
  }
}
