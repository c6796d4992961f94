#pragma once
// A batch of texts laid end to end, without padding: activations are [tokens, width].

#include <ATen/core/Tensor.h>
#include <string>
#include <vector>

namespace residua {

using TokenIds = std::vector<int64_t>;

/// Where each text lies in the batch. Linear layers see all tokens at once; attention pads a view
/// of them.
struct Packed {
  std::vector<int64_t> texts;   ///< which text of the request each row is
  std::vector<int64_t> lengths; ///< tokens of each
  std::vector<int64_t> starts;  ///< first token of each
  int64_t tokens = 0;
  int64_t longest = 0;

  at::Tensor ids;       ///< [tokens] int64
  at::Tensor positions; ///< [tokens] int64, from 0 in each text
  at::Tensor pad; ///< [rows * longest] token of each padded place; undefined when all lengths agree
  at::Tensor unpad; ///< [tokens] padded place of each token

  int64_t rows() const { return static_cast<int64_t>(lengths.size()); }
  /// [tokens, width] -> [rows, longest, width]; padding repeats a token, always after the text's
  /// own.
  at::Tensor padded(const at::Tensor& flat) const;
  /// The inverse.
  at::Tensor unpadded(const at::Tensor& rows_by_longest) const;
  /// The part of an activation [tokens, ...] that belongs to row `row`.
  at::Tensor row(const at::Tensor& flat, int64_t row) const;
};

/// Throws Error where the text of that number (from 0) has no tokens, or more than `context`.
void require_length(int64_t length, int64_t text, int64_t context);

/// Packs the texts `which` of `ids`, on the current device. Throws Error for a text without tokens
/// or over `context`.
Packed pack(const std::vector<TokenIds>& ids, const std::vector<int64_t>& which, int64_t context);

/// How many tokens of each text are predicted: all but the first. Throws Error for a text without
/// one; `what` ("a loss") is what needs them.
std::vector<int64_t> predicted_tokens(const std::vector<TokenIds>& texts, const std::string& what);

/// The same batch `times` times, end to end.
Packed repeat(const Packed& packed, int64_t times);

/// Splits texts into batches of at most `budget` tokens (at least one text each), similar lengths
/// together.
std::vector<std::vector<int64_t>> make_batches(const std::vector<TokenIds>& ids, int64_t budget);

} // namespace residua
