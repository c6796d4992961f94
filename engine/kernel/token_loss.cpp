#include "engine/kernel/token_loss.hpp"

#include "engine/kernel/vector_loops.hpp"

#include <ATen/ATen.h>
#include <algorithm>

namespace residua::kernel {
namespace {

/// Tokens of each piece of `tokens`, no last one much smaller: small products are slow.
int64_t even_piece(int64_t tokens) {
  const int64_t pieces = std::max(int64_t{1}, (tokens + kPieceTokens - 1) / kPieceTokens);
  return (tokens + pieces - 1) / pieces;
}

/// Room for the logits of a piece.
at::Tensor room_for(int64_t piece, const at::TensorOptions& options) {
  return at::empty({piece * kPieceWords}, options);
}

/// Calls `use` with each piece of the vocabulary.
template <class Use> void for_words(const Head& head, Use use) {
  const int64_t vocab = head.weight.size(0);
  for (int64_t first = 0; first < vocab; first += kPieceWords)
    use(Words{first, std::min(kPieceWords, vocab - first)});
}

/// A model of a divergence, with what has been seen of its logits.
struct Reader {
  explicit Reader(const Reading& reading)
      : hidden(reading.hidden.contiguous()), head(contiguous(reading.head)) {}

  const float* rows(int64_t first) const {
    return hidden.data_ptr<float>() + first * hidden.size(1);
  }
  void forget(int64_t tokens) {
    seen.assign(tokens, {});
    offsets.assign(tokens, 0);
    differences.assign(tokens, 0);
  }

  at::Tensor hidden;
  Head head;
  std::vector<SeenLogits> seen; ///< by token
  std::vector<float> offsets; ///< a - b of a likely word, a the base's logits: about what all share
  std::vector<double> differences; ///< sums of e^(a - top of a) (a - b - offset)
};

/// A piece of the tokens of a base and of the models that are compared with it.
class Comparing {
 public:
  Comparing(const Reading& base, const std::vector<Reading>& changed, int64_t piece)
      : base_(base), base_logits_(room_for(piece, base.hidden.options())),
        logits_(room_for(piece, base.hidden.options())) {
    for (const Reading& reading : changed)
      changed_.emplace_back(reading);
  }

  void run(int64_t first, int64_t tokens, const int64_t* targets, std::vector<at::Tensor>& out) {
    base_.forget(tokens);
    for (Reader& reader : changed_)
      reader.forget(tokens);
    for_words(base_.head, [&](Words words) { add(first, tokens, words, targets); });
    for (std::size_t i = 0; i < changed_.size(); ++i)
      for (int64_t token = 0; token < tokens; ++token)
        write(changed_[i], token, out[i].data_ptr<double>() + (first + token) * 4);
  }

 private:
  void add(int64_t first, int64_t tokens, Words words, const int64_t* targets) {
    float* const a = base_logits_.data_ptr<float>();
    float* const b = logits_.data_ptr<float>();
    make_logits(base_.head, base_.rows(first), tokens, words, a);
    std::vector<double> shrink(tokens);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < tokens; ++i)
      shrink[i] = base_.seen[i].add(a + i * words.count, words, targets[i]);
    for (Reader& reader : changed_) {
      make_logits(reader.head, reader.rows(first), tokens, words, b);
#pragma omp parallel for schedule(static)
      for (int64_t i = 0; i < tokens; ++i) {
        const float *own = a + i * words.count, *other = b + i * words.count;
        reader.seen[i].add(other, words, targets[i]);
        if (const int64_t best = base_.seen[i].best(); words.first == 0)
          reader.offsets[i] = own[best] - other[best];
        reader.differences[i] =
            reader.differences[i] * shrink[i] +
            weighted_differences(own, other, words.count, base_.seen[i].top(), reader.offsets[i]);
      }
    }
  }

  // KL = sum of p (a - b) - ln Z(a) + ln Z(b); the offset counts once, as p sums to 1.
  void write(const Reader& changed, int64_t token, double* row) const {
    const SeenLogits &a = base_.seen[token], &b = changed.seen[token];
    const double kld = changed.differences[token] / a.sum() + changed.offsets[token] -
                       a.normalizer() + b.normalizer();
    row[0] = kld < 0 ? 0 : kld;
    row[1] = a.nll();
    row[2] = b.nll();
    row[3] = a.best() == b.best() ? 1 : 0;
  }

  Reader base_;
  std::vector<Reader> changed_;
  const at::Tensor base_logits_, logits_;
};

} // namespace

at::Tensor token_loss(const at::Tensor& hidden, const at::Tensor& targets, const Head& head) {
  Reader reader({hidden, head});
  const at::Tensor wanted = targets.contiguous();
  const int64_t tokens = reader.hidden.size(0);
  at::Tensor losses = at::empty({tokens}, hidden.options());
  const int64_t piece = even_piece(tokens);
  const at::Tensor room = room_for(piece, hidden.options());
  float* const logits = room.data_ptr<float>();
  for (int64_t first = 0; first < tokens; first += piece) {
    const int64_t count = std::min(piece, tokens - first);
    const int64_t* next = wanted.data_ptr<int64_t>() + first;
    reader.forget(count);
    for_words(reader.head, [&](Words words) {
      make_logits(reader.head, reader.rows(first), count, words, logits);
#pragma omp parallel for schedule(static)
      for (int64_t i = 0; i < count; ++i)
        reader.seen[i].add(logits + i * words.count, words, next[i]);
    });
    for (int64_t i = 0; i < count; ++i)
      losses.data_ptr<float>()[first + i] = static_cast<float>(reader.seen[i].nll());
  }
  return losses;
}

std::vector<at::Tensor> token_divergences(const Reading& base, const std::vector<Reading>& changed,
                                          const at::Tensor& targets) {
  const at::Tensor wanted = targets.contiguous();
  const int64_t tokens = wanted.size(0);
  std::vector<at::Tensor> rows;
  for (std::size_t i = 0; i < changed.size(); ++i)
    rows.push_back(at::empty({tokens, 4}, at::kDouble));
  const int64_t piece = even_piece(tokens);
  Comparing comparing(base, changed, piece);
  for (int64_t first = 0; first < tokens; first += piece)
    comparing.run(first, std::min(piece, tokens - first), wanted.data_ptr<int64_t>() + first, rows);
  return rows;
}

} // namespace residua::kernel
